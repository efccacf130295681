import type { Child } from './child.ts';
import type { Answer } from './programs/serve.ts';
import { unit } from './programs/serve.ts';

const tolerance = 1e-4;

/**
 * Asserts that all programs compute the same: unit embeddings of the same pictures and prompts, within 1e-4 of those of the
 * first program.
 * @returns the largest difference of each program
 */
export async function checkSameEmbeddings(children: readonly Pick<Child, 'ask' | 'spec'>[]): Promise<number[]> {
  const differences: number[] = [];
  let expected: Float32Array[] | undefined;
  for (const child of children) {
    const rows = unitRows(await child.ask({ do: 'check' }));
    expected ??= rows;
    const difference = largestDifference(rows, expected);
    if (!(difference <= tolerance)) {
      const first = children[0]?.spec.name;
      throw new Error(
        `Cannot compare ${child.spec.name}: its embeddings differ from those of ${first} by ${difference}`,
      );
    }
    differences.push(difference);
  }
  for (const [index, row] of (expected ?? []).entries()) {
    for (const other of (expected ?? []).slice(0, index)) {
      if (largestDifference([row], [other]) > 100 * tolerance) continue;
      throw new Error('Cannot check embeddings: those of different inputs are alike, so equal ones prove nothing');
    }
  }
  return differences;
}

function unitRows({ images = [], texts = [] }: Answer): Float32Array[] {
  return [...images, ...texts].map(unit);
}

/** Infinity where the shapes differ, NaN where a value is. */
function largestDifference(rows: readonly Float32Array[], expected: readonly Float32Array[]): number {
  if (rows.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(
    ...rows.flatMap((row, i) => {
      const other = expected[i];
      if (other?.length !== row.length) return [Number.POSITIVE_INFINITY];
      return Array.from(row, (value, j) => Math.abs(value - (other[j] as number)));
    }),
  );
}
