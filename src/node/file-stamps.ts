import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '../clip.ts';
import type { ClipWeights } from '../parameters.ts';
import type { ModelFiles } from '../weights/open-model.ts';
import { orUndefined } from './files.ts';

/** By the weights' record, of which `Clip.replace` makes a new one: a model that was changed has no files any more. */
const stamps = new WeakMap<ClipWeights, readonly string[]>();

/** A file that was changed so few milliseconds ago could change again without its time showing it. */
const settled = 2_000;

/**
 * Loads a model from files and notes which bytes they had: where each lies on the disk, its size, and when it was changed last,
 * to the nanosecond. Nothing is noted where a file has changed meanwhile, or only just before.
 * @param directory the folder of the files
 */
export async function loadStamped(
  files: ModelFiles,
  directory: string,
  load: (files: ModelFiles) => Promise<Clip>,
): Promise<Clip> {
  const opened = new Map<string, string | undefined>();
  const open = async (name: string) => {
    opened.set(name, await stampOf(join(directory, name)));
    return files.open(name);
  };
  const clip = await load({ ...files, open });
  for (const [name, stamp] of opened) if ((await stampOf(join(directory, name))) !== stamp) return clip;
  const found = [...opened].filter(([, stamp]) => stamp !== undefined);
  if (!found.some(([, stamp]) => stamp === unsettled))
    stamps.set(clip.weights, found.map(([name, stamp]) => `${name} ${stamp}`).sort());
  return clip;
}

/** The files that a model was loaded from, a line each that changes when a file does; undefined where that is not known. */
export function fileStamps(clip: Clip): readonly string[] | undefined {
  return stamps.get(clip.weights);
}

const unsettled = 'changed just now';

async function stampOf(path: string): Promise<string | undefined> {
  const status = await orUndefined(stat(path, { bigint: true }));
  if (!status) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = status;
  if (Date.now() - Number(ctimeNs / 1_000_000n) < settled) return unsettled;
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
