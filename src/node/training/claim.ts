import { readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../is-alive.ts';

/** The directories that runs of this process are at work in. */
const claimed = new Set<string>();

/**
 * Takes a directory for one run, so that no two runs write into one log. The claim of a process that is gone does not
 * count. (A file that is renewed all the time would not do: an engine may hold this thread for longer than that.)
 * @returns gives it back
 * @throws Error where another run is at work
 */
export async function claimDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, '.running');
  const place = await realpath(directory);
  if (claimed.has(place))
    throw new Error(
      `Cannot train into ${directory}: another run of this process is at work there; wait for it or choose another directory`,
    );
  claimed.add(place);
  const release = async () => {
    claimed.delete(place);
    await rm(path, { force: true });
  };
  const other = Number(await readFile(path, 'utf8').catch(() => '0'));
  if (other > 0 && other !== process.pid && isAlive(other)) {
    claimed.delete(place);
    throw new Error(
      `Cannot train into ${directory}: process ${other} is at work there; wait for it or choose another --out (if it is something else, delete ${path})`,
    );
  }
  await writeFile(path, String(process.pid));
  return release;
}
