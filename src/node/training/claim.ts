import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Takes a directory for this process, so that no two runs write into one log. The claim of a process that is gone does not
 * count. (A file that is renewed all the time would not do: an engine may hold this thread for longer than that.)
 * @returns gives it back
 * @throws Error where another process is at work
 */
export async function claimDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, '.running');
  const other = Number(await readFile(path, 'utf8').catch(() => '0'));
  if (other > 0 && other !== process.pid && isAlive(other))
    throw new Error(
      `Cannot train into ${directory}: process ${other} is at work there; wait for it or choose another --out (if it is something else, delete ${path})`,
    );
  await writeFile(path, String(process.pid));
  return () => rm(path, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // signal 0 only asks
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it is someone else's
  }
}
