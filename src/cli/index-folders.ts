import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { IndexHeader } from '../search/search-index.ts';
import { UsageError } from './usage.ts';

const action = 'Cannot index';

type Asked = { store: string; model?: string; captions?: string; forget?: string; exifRotate: boolean };

/**
 * Which folders an index is to be made of, or brought up to date with: those that are given, else those that it has.
 * @param known the index, where there is one
 * @returns absolute paths; none for captions
 * @throws UsageError on what does not go together, and on a folder that is not there
 */
export async function readFolders(
  given: readonly string[],
  known: IndexHeader | undefined,
  { store, model, captions, forget, exifRotate }: Asked,
): Promise<string[]> {
  if (!known && model === undefined)
    throw new UsageError(`${action}: there is no index at ${store} yet, so name the model to make it with: --model`);
  if (known?.exifRotate && !exifRotate)
    throw new UsageError(
      `${action}: ${store} has pictures turned as EXIF says; leave --no-exif-rotate out, or make another index`,
    );
  const roots = known?.roots ?? [];
  const forgotten = forget === undefined ? undefined : resolve(forget);
  if (forgotten !== undefined && !roots.includes(forgotten))
    throw new UsageError(
      `${action}: --forget takes a folder of ${store}, which has ${roots.join(', ') || 'none'}, but got ${forgotten}`,
    );
  if (captions !== undefined) {
    if (given.length > 0)
      throw new UsageError(`${action}: pictures and captions do not go into one index; run the command twice`);
    if (roots.length > 0)
      throw new UsageError(`${action}: ${store} is an index of pictures; name another store for captions`);
    return [];
  }
  if (known && roots.length === 0)
    throw new UsageError(`${action}: ${store} is an index of captions; name another store for pictures`);
  const asked = given.length > 0 ? given.map((folder) => resolve(folder)) : roots;
  const folders = asked.filter((folder) => folder !== forgotten);
  if (folders.length === 0 && forgotten !== undefined)
    throw new UsageError(`${action}: ${store} has no folder but ${forgotten}; name another one, or delete the index`);
  if (folders.length === 0) throw new UsageError(`${action}: expected folders with pictures, or --captions`);
  for (const folder of folders) await assertFolder(folder, roots.includes(folder));
  return folders;
}

async function assertFolder(folder: string, isKnown: boolean): Promise<void> {
  const status = await stat(folder).catch(() => undefined);
  const cure = isKnown ? `; where it is gone for good, --forget '${folder}'` : '';
  if (!status)
    throw new UsageError(`${action} ${folder}: there is no such folder; where it is on a disk, mount that${cure}`);
  if (!status.isDirectory()) throw new UsageError(`${action} ${folder}: it is a file; name its folder`);
}
