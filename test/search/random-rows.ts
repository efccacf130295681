import { normalNumbers } from '../../src/random.ts';
import type { Entry } from '../../src/search/entry.ts';
import type { Matrix } from '../../src/search/matrix.ts';
import type { SearchIndex } from '../../src/search/search-index.ts';

/** Scales a vector to unit length. */
export function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

/** Unit vectors in directions that depend on the seed alone. */
export function randomUnits(count: number, width: number, seed: number): Float32Array[] {
  const normal = normalNumbers(seed);
  return Array.from({ length: count }, () => unit(Array.from({ length: width }, normal)));
}

/** Vectors side by side, cut into matrices of the given counts; the last takes the rest. */
export function matricesOf(
  vectors: readonly ArrayLike<number>[],
  width: number,
  cuts: readonly number[] = [],
): Matrix[] {
  const bounds = [0, ...cuts.filter((cut) => cut < vectors.length), vectors.length];
  return bounds.slice(1).map((end, part) => {
    const some = vectors.slice(bounds[part], end);
    const rows = new Float32Array(some.length * width);
    for (const [row, vector] of some.entries()) rows.set(vector, row * width);
    return { rows, embedDim: width };
  });
}

/** An index of vectors; entries are made up where nothing is said of them. */
export function indexOf(
  vectors: readonly ArrayLike<number>[],
  entries: readonly Partial<Entry>[] = [],
  cuts: readonly number[] = [],
): SearchIndex {
  const embedDim = vectors[0]?.length ?? 2;
  return {
    header: {
      format: 1,
      model: { name: 'tiny', hash: 'model' },
      embedDim,
      preprocess: {
        size: 8,
        mean: [0, 0, 0],
        std: [1, 1, 1],
        interpolation: 'bicubic',
        resizeMode: 'shortest',
        order: 'openai',
        background: null,
      },
      exifRotate: true,
      roots: ['/photos'],
    },
    entries: vectors.map((_, row) => ({
      id: 10 + 2 * row,
      path: `${row}.png`,
      size: 100 + row,
      modified: 1000 * row,
      hash: `hash ${row}`,
      width: 64,
      height: 48,
      ...entries[row],
    })),
    matrices: matricesOf(vectors, embedDim, cuts),
  };
}
