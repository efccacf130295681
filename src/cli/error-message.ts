import { ModelError } from '../errors.ts';

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission is denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
};

/** An error as the command line says it: the library's cures as options, what the system says in words. */
export function errorMessage(error: unknown): string {
  const { message, code, path } = error as NodeJS.ErrnoException;
  if (error instanceof ModelError) return message.replaceAll(/\b(activation|architecture): '([^']+)'/g, '--$1 $2');
  const reason = reasons[code ?? ''];
  return path !== undefined && reason !== undefined ? `Cannot open ${path}: ${reason}` : message;
}
