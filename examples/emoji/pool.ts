import type { Concept } from './concepts.ts';
import type { DrawingSet } from './drawings.ts';
import type { Recipe } from './recipe.ts';

/** Drawings to be trained on, in memory that threads share. */
export type Pool = {
  /** [drawings, 64, 64, 4], the colours multiplied by alpha. */
  full: Uint8Array;
  /** [drawings, 32, 32, 4]: the same at half the size, for where they are drawn small. */
  half: Uint8Array;
  /** Per concept the drawings of it, with what each weighs in the choice among them; none of held-out concepts. */
  drawings: readonly (readonly (readonly [drawing: Choice, weight: number])[])[];
};

export type Choice = { drawing: number; isLine: boolean };

export const fullSize = 64;
export const halfSize = fullSize / 2;

/** Lays the styles' drawings of all concepts but the held-out ones side by side. */
export function buildPool(
  concepts: readonly Concept[],
  sets: readonly (DrawingSet & { isLine: boolean })[],
  styleWeights: Recipe['sampling']['styleWeights'],
): Pool {
  const kept = sets.flatMap((set) =>
    [...set.concepts.entries()]
      .filter(([, concept]) => !concepts[concept]?.isHeldOut)
      .map(([row, concept]) => ({ set, row, concept })),
  );
  const bytes = fullSize * fullSize * 4;
  const full = new Uint8Array(new SharedArrayBuffer(kept.length * bytes));
  const half = new Uint8Array(new SharedArrayBuffer(kept.length * (bytes / 4)));
  const drawings: (readonly [Choice, number])[][] = concepts.map(() => []);
  for (const [drawing, { set, row, concept }] of kept.entries()) {
    const source = set.pixels.subarray(row * bytes, (row + 1) * bytes);
    full.set(source, drawing * bytes);
    halve(source, half.subarray(drawing * (bytes / 4), (drawing + 1) * (bytes / 4)));
    drawings[concept]?.push([{ drawing, isLine: set.isLine }, styleWeights[set.style] ?? 1]);
  }
  return { full, half, drawings };
}

/** Means of 2 x 2 pixels. */
function halve(from: Uint8Array, to: Uint8Array): void {
  const below = fullSize * 4;
  for (let y = 0; y < halfSize; y++)
    for (let x = 0; x < halfSize; x++)
      for (let c = 0; c < 4; c++) {
        const at = 2 * y * below + 8 * x + c;
        const sum = from[at]! + from[at + 4]! + from[at + below]! + from[at + below + 4]!;
        to[(y * halfSize + x) * 4 + c] = Math.round(sum / 4);
      }
}
