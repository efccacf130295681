import { ModelError } from '../../errors.ts';

/** @throws ModelError unless it is `name` or `org/name` as the hub has them */
export function checkRepository(id: string): void {
  const isRepository =
    /^[\w.-]+(\/[\w.-]+)?$/.test(id) &&
    id.length <= 96 &&
    !/--|\.\.|\.git$/.test(id) &&
    !id.split('/').some((part) => /^[.-]|[.-]$/.test(part));
  if (!isRepository)
    throw new ModelError(`Cannot use ${JSON.stringify(id)}: expected a repository of the hub, org/name`);
}

/** A branch, a tag or a commit, which also names a file. @throws ModelError on one that could lead elsewhere */
export function checkRevision(revision: string): void {
  if (isPlainPath(revision)) return;
  throw new ModelError(`Cannot use revision ${JSON.stringify(revision)}: expected a branch, a tag or a commit`);
}

/** @throws ModelError on a file name of a repository that could lead out of its directory, by POSIX's or by Windows' rules */
export function checkFileName(name: string): void {
  if (isPlainPath(name)) return;
  throw new ModelError(
    `Cannot use the file ${JSON.stringify(name)}: it is not a plain relative path; the repository is not to be trusted`,
  );
}

/** Relative, without `..`, drives, backslashes and control characters, and without what Windows cuts off names. */
function isPlainPath(path: string): boolean {
  if (path.length > 512 || /[\\:*?"<>|\p{Cc}]/u.test(path)) return false;
  return path.split('/').every((part) => part !== '' && !/^\.{1,2}$/.test(part) && !/[. ]$/.test(part));
}

/** Whether a revision is a commit already, which never changes. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}
