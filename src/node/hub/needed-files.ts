import { checkModel } from '../../weights/check-model.ts';
import { openModel } from '../../weights/open-model.ts';
import { resolveTokenizer } from '../../weights/resolve-tokenizer.ts';
import type { ByteSource } from '../../weights/safetensors.ts';
import type { Published } from './catalogue.ts';

/** Small files that Python's loaders of the same model look for. */
const companions = [
  'config.json',
  'open_clip_config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.json',
  'merges.txt',
];

export type NeededFiles = {
  /** Names, sorted. */
  names: readonly string[];
  /** The shapes of all parameters, by which memory is reckoned. */
  shapes: ReadonlyMap<string, readonly number[]>;
};

/** What a published name says beside its files, as options of loadClip. */
export function toldOf({ activation, architecture }: Published): Pick<Published, 'activation' | 'architecture'> {
  return { ...(activation && { activation }), ...(architecture !== undefined && { architecture }) };
}

/**
 * Finds which files a model is made of by opening it as loadClip does, headers and configs alone, and noting what is asked for.
 * @param has whether there is a file of that name
 * @param open opens it; of weights only headers are read
 * @throws ModelError where it is not a CLIP that can be read
 */
export async function findNeeded(
  published: Published,
  has: (name: string) => boolean,
  open: (name: string) => Promise<ByteSource>,
): Promise<NeededFiles> {
  const names = new Set(companions.filter(has));
  const files = {
    label: published.name,
    open: async (name: string) => {
      if (!has(name)) return undefined;
      names.add(name);
      return open(name);
    },
  };
  const model = await openModel(files, toldOf(published));
  try {
    const { towers, shapes } = checkModel(model);
    await resolveTokenizer(files, model, towers);
    return { names: [...names].sort(), shapes };
  } finally {
    await model.tensors.close();
  }
}
