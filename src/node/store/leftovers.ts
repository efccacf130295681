import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { claimName, type Manifest, manifestName, namedFiles, pathOf } from './layout.ts';

/** What a writer may have left in the folder of shards: numbered files, and those that were not renamed yet. */
const numbered = /^\.?\d{6,}\.(safetensors|((tombstones|changes|failures)\.)?jsonl)(\.[0-9a-f-]{36}\.tmp)?$/;

/**
 * Deletes what killed writers left behind: files that no version names, and temporary ones. For the one that holds the
 * claim. Files of other names are not touched.
 * @returns names
 */
export async function collectLeftovers(directory: string, manifest: Manifest): Promise<string[]> {
  const named = namedFiles(manifest);
  const shards = (await readdir(pathOf(directory, ''))).filter((file) => numbered.test(file) && !named.has(file));
  const isTemporary = (file: string) =>
    file.endsWith('.tmp') && [manifestName, claimName].some((name) => file.startsWith(`.${name}.`));
  const others = (await readdir(directory)).filter(isTemporary);
  for (const file of shards) await rm(pathOf(directory, file), { force: true });
  for (const file of others) await rm(join(directory, file), { force: true });
  return [...shards, ...others];
}

/** Deletes what one version names and the next does not. What cannot be deleted now is collected by the next writer. */
export async function deleteReplaced(directory: string, before: Manifest, after: Manifest): Promise<void> {
  const named = namedFiles(after);
  for (const file of namedFiles(before))
    if (!named.has(file)) await rm(pathOf(directory, file), { force: true }).catch(() => {});
}
