import { createHash, type Hash } from 'node:crypto';
import type { Clip } from '../clip.ts';
import { type ClipWeights, parameterShapes } from '../parameters.ts';
import { fileStamps } from './file-stamps.ts';
import { sha256 } from './files.ts';
import { rememberedHash } from './remembered-hash.ts';

/**
 * What the loaded parts of a model are. A tower's hash is SHA-256 in hex of its config and its weights as float32; of the image tower
 * the preprocessing too, of the text tower the tokenizer. A tower has the same hash with and without the other one.
 */
export type ModelParts = {
  image?: string;
  text?: string;
  /** The stored logarithm of the multiplier of cosines; a file of one tower has none. */
  logScale?: number;
};

const towers = ['image', 'text'] as const;
type Tower = (typeof towers)[number];

/** By the weights' record, of which `Clip.replace` makes a new one: a model that was changed is hashed anew. */
const known = new WeakMap<ClipWeights, Promise<ModelParts>>();

/** Bytes of weights from which on a hash is kept on disk: less is hashed in a tenth of a second. */
const fewestKept = 2 ** 26;

/**
 * What a model is, as SHA-256 in hex over its loaded parts. The same weights have the same hash from every layout,
 * dtype that holds them, and backend.
 *
 * It is computed once per model and process, which takes about a second for ViT-B/32. So that a program does not wait for it at
 * each start, it is kept in `ownCache()` under the places, sizes and times of the files that the model was loaded from.
 * @throws ModelError where the model was disposed
 */
export async function modelHash(clip: Clip): Promise<string> {
  return sha256(sortedJson({ format, ...(await modelParts(clip)) }));
}

/** The hash of each loaded tower, kept as `modelHash` says, and the multiplier. @throws ModelError where the model was disposed */
export function modelParts(clip: Clip): Promise<ModelParts> {
  const { weights } = clip;
  const before = known.get(weights);
  if (before) return before;
  const hashes = findHashes(clip);
  known.set(weights, hashes);
  hashes.catch(() => known.delete(weights));
  return hashes;
}

/** Changes when the way of hashing does. */
const format = 2;

async function findHashes(clip: Clip): Promise<ModelParts> {
  const files = sizeOf(clip) < fewestKept ? undefined : fileStamps(clip);
  const { config } = clip;
  const hashes: ModelParts = {};
  for (const tower of towers) {
    if (clip.towers !== 'both' && clip.towers !== tower) continue;
    const compute = () => computeHash(clip, tower);
    hashes[tower] = await (files ? rememberedHash(sortedJson({ format, files, config, tower }), compute) : compute());
  }
  const [logScale] = (await clip.parameters.get('logitScale')?.data()) ?? [];
  return { ...hashes, ...(logScale !== undefined && { logScale }) };
}

async function computeHash(clip: Clip, tower: Tower): Promise<string> {
  const { embedDim, vision, text, preprocess } = clip.config;
  const description = tower === 'image' ? { vision, preprocess } : { text, tokenizer: tokenizerOf(clip) };
  const hash = createHash('sha256').update(sortedJson({ format, embedDim, ...description }));
  const names = new Set(parameterShapes(clip.config, tower).keys());
  const own = [...clip.parameters].filter(([name]) => names.has(name) && name !== 'logitScale');
  await addWeights(hash, new Map(own));
  return hash.digest('hex');
}

function sizeOf({ parameters }: Clip): number {
  return [...parameters.values()].reduce((sum, { size }) => sum + 4 * size, 0);
}

/** Adds every weight to a hash, by name, in the order of `parameterShapes`; one tensor is read at a time. */
export async function addWeights(hash: Hash, parameters: Clip['parameters']): Promise<void> {
  for (const [name, tensor] of parameters) {
    const values = (await tensor.data()) as Float32Array;
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
}

/** What decides the ids of a text; null where no vocabulary fits the model, or none is needed. */
function tokenizerOf(clip: Clip): unknown {
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
