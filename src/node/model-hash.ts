import { createHash, type Hash } from 'node:crypto';
import type { Clip } from '../clip.ts';
import type { ClipWeights } from '../parameters.ts';
import { fileStamps } from './file-stamps.ts';
import { rememberedHash } from './remembered-hash.ts';

/** By the weights' record, of which `Clip.replace` makes a new one: a model that was changed is hashed anew. */
const known = new WeakMap<ClipWeights, Promise<string>>();

/** Bytes of weights from which on a hash is kept on disk: less is hashed in a tenth of a second. */
const fewestKept = 2 ** 26;

/**
 * What a model is, as SHA-256 in hex: config with preprocessing, loaded towers, tokenizer, and every weight as float32. The same
 * weights have the same hash from every layout, dtype that holds them, and backend.
 *
 * It is computed once per model and process, which takes about a second for ViT-B/32. So that a program does not wait for it at
 * each start, it is kept in `ownCache()` under the places, sizes and times of the files that the model was loaded from.
 * @throws ModelError where the model was disposed
 */
export function modelHash(clip: Clip): Promise<string> {
  const { weights } = clip;
  const before = known.get(weights);
  if (before) return before;
  const files = sizeOf(clip) < fewestKept ? undefined : fileStamps(clip);
  const { config, towers } = clip;
  const hash = files
    ? rememberedHash(sortedJson({ format, files, config, towers }), () => computeHash(clip))
    : computeHash(clip);
  known.set(weights, hash);
  hash.catch(() => known.delete(weights));
  return hash;
}

/** Changes when the way of hashing does. */
const format = 1;

async function computeHash(clip: Clip): Promise<string> {
  const { config, towers } = clip;
  const hash = createHash('sha256').update(sortedJson({ format, config, towers, tokenizer: tokenizerOf(clip) }));
  await addWeights(hash, clip);
  return hash.digest('hex');
}

function sizeOf({ parameters }: Clip): number {
  return [...parameters.values()].reduce((sum, { size }) => sum + 4 * size, 0);
}

/** Adds every weight to a hash, by name, in the order of `parameterShapes`; one tensor is read at a time. */
export async function addWeights(hash: Hash, { parameters }: Clip): Promise<void> {
  for (const [name, tensor] of parameters) {
    const values = (await tensor.data()) as Float32Array;
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
}

/** What decides the ids of a text; null where no vocabulary fits the model, or none is needed. */
function tokenizerOf(clip: Clip): unknown {
  if (clip.towers === 'image') return null;
  try {
    const { vocabulary, contextLength } = clip.tokenizer;
    const ids = [...vocabulary.ids].sort(([, one], [, other]) => one - other);
    return { ...vocabulary, ids, contextLength };
  } catch {
    return null;
  }
}

/** JSON with the keys of every object sorted: layouts name the fields of a config in orders of their own. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([one], [other]) => (one < other ? -1 : 1)))
      : entry,
  );
}
