import type { PreprocessConfig } from '../config.ts';
import type { Entry } from './entry.ts';
import type { Matrix } from './matrix.ts';

/** What all rows of an index have in common. A query must be embedded by the same model, with the same preprocessing. */
export type IndexHeader = {
  readonly format: 1;
  /** `hash` is that of config, preprocessing, tokenizer and weights: `modelHash(clip)`. */
  readonly model: { readonly name: string; readonly hash: string };
  readonly embedDim: number;
  readonly preprocess: PreprocessConfig;
  /** Whether pictures were turned as their EXIF orientation says. */
  readonly exifRotate: boolean;
  /** The folders that were walked; empty for captions. */
  readonly roots: readonly string[];
};

/** An index in memory, as it was at one moment: nothing changes it. */
export type SearchIndex = {
  readonly header: IndexHeader;
  /** By ascending id. Row r of the matrices, one after another, is `entries[r]`; what was removed is in neither. */
  readonly entries: readonly Entry[];
  readonly matrices: readonly Matrix[];
};
