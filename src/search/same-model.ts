import type { PreprocessConfig } from '../config.ts';
import { ModelError } from '../errors.ts';
import type { IndexHeader } from './search-index.ts';

/**
 * Refuses what was embedded by another model, or after another preprocessing: its vectors cannot be compared with those of
 * the index.
 * @param model `hash` is `modelHash(clip)`, `preprocess` is `clip.config.preprocess`
 * @throws {ModelError}
 */
export function assertSameModel(header: IndexHeader, model: { hash: string; preprocess: PreprocessConfig }): void {
  if (header.model.hash !== model.hash)
    throw new ModelError(
      `Cannot compare with this index: it was made by ${header.model.name} (${short(header.model.hash)}) but the model is ${short(model.hash)}; load that model, or make an index with this one`,
    );
  const [expected, got] = [describe(header.preprocess), describe(model.preprocess)];
  if (expected !== got)
    throw new ModelError(
      `Cannot compare with this index: its pictures were prepared as ${expected} but the model has ${got}; use the same preprocessing, or make the index anew`,
    );
}

const short = (hash: string): string => hash.slice(0, 12);

/** In one order of keys, whoever wrote it. */
function describe(preprocess: PreprocessConfig): string {
  const { size, mean, std, interpolation, resizeMode, order, background } = preprocess;
  return JSON.stringify({ size, mean, std, interpolation, resizeMode, order, background });
}
