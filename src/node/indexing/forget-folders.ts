import { stat } from 'node:fs/promises';
import type { IndexWriter } from '../store/store.ts';
import { isWithin } from './walk.ts';

/** A folder that an index has no more, and how many pictures went with it. */
export type Forgotten = { readonly folder: string; readonly pictures: number };

/**
 * Takes folders out of an index. Those that are asked for go with their pictures, unless these are in another folder of the index
 * too. One that is not there goes unasked where no picture of it is left, as after it was renamed and all was found under the new name.
 * The last folder stays.
 * @param asked absolute paths
 * @throws RangeError on what is no folder of the index, and on the last one
 */
export async function forgetFolders(writer: IndexWriter, asked: readonly string[] = []): Promise<Forgotten[]> {
  const { entries, failures, header } = writer;
  const stranger = asked.find((folder) => !header.roots.includes(folder));
  if (stranger !== undefined)
    throw new RangeError(
      `Cannot forget ${stranger}: it is no folder of the index, which has ${header.roots.join(', ') || 'none'}`,
    );
  const gone = new Set(asked);
  for (const root of header.roots)
    if (!entries.some(({ path }) => isWithin(path, root)) && !(await isThere(root))) gone.add(root);
  const kept = header.roots.filter((root) => !gone.has(root));
  if (gone.size === 0 || (kept.length === 0 && asked.length === 0)) return [];
  if (kept.length === 0)
    throw new RangeError(`Cannot forget ${asked.join(', ')}: the index has no other folder; delete the index`);

  const isForgotten = ({ path }: { path: string }) =>
    [...gone].some((root) => isWithin(path, root)) && !kept.some((root) => isWithin(path, root));
  const removed = entries.filter(isForgotten);
  await writer.remove(removed.map(({ id }) => id));
  if (failures.some(isForgotten)) await writer.setFailures(failures.filter((failure) => !isForgotten(failure)));
  await writer.setRoots(kept); // last: a run that is killed before can be told the same again
  return [...gone].map((folder) => {
    const pictures = removed.filter(({ path }) => isWithin(path, folder)).length;
    return { folder, pictures };
  });
}

/** Of a folder that may not be looked at nothing is known, so it is taken for there. */
async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT',
  );
}
