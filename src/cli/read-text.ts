import { readFile } from 'node:fs/promises';

/** A text file that the command line names. @throws Error in a line where it cannot be read */
export async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EACCES: 'permission is denied',
      EISDIR: 'it is a folder',
    };
    throw new Error(`Cannot read ${path}: ${reasons[error.code ?? ''] ?? error.message}`, { cause: error });
  });
}

/** The lines of such a file. */
export async function readLines(path: string): Promise<string[]> {
  return trimmed((await readText(path)).split(/\r?\n/));
}

/** Without the blanks around them; empty entries are passed over. */
export function trimmed(entries: readonly string[]): string[] {
  return entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
}
