import type { Clip } from '../../clip.ts';
import type { IndexHeader } from '../../search/search-index.ts';
import { modelHash } from '../model-hash.ts';

export type IndexHeaderOptions = {
  /** How the model is found again: what `loadClip` takes, as an absolute path where it is one. */
  model: string;
  /** Turns pictures as their EXIF orientation says; as people see them, so true unless said. */
  exifRotate?: boolean;
  /** The folders of the pictures, absolute; none for captions. */
  roots?: readonly string[];
};

/** What `createIndex` writes down of the model, so that no other is taken for it. */
export async function indexHeader(
  clip: Clip,
  { model, exifRotate = true, roots = [] }: IndexHeaderOptions,
): Promise<IndexHeader> {
  const { embedDim, preprocess } = clip.config;
  const hash = await modelHash(clip);
  return { format: 1, model: { name: model, hash }, embedDim, preprocess, exifRotate, roots };
}
