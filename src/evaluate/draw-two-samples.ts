import { uniformNumbers } from '../random.ts';

/**
 * Draws two samples anew, with replacement, each by itself, so their sizes stay: the bootstrap of figures of two samples, such as an
 * AUROC (Efron and Tibshirani 1993, section 8.3 and chapter 13).
 * @returns for each draw, how often each of `one` and of `other` is in it; the arrays are used again for the next draw
 */
export function* drawTwoSamples(
  one: number,
  other: number,
  { seed, samples }: { seed: number; samples: number },
): Generator<[one: Int32Array, other: Int32Array], void, undefined> {
  const uniform = uniformNumbers(seed);
  const copies: [Int32Array, Int32Array] = [new Int32Array(one), new Int32Array(other)];
  for (let draw = 0; draw < samples; draw++) {
    for (const times of copies) {
      times.fill(0);
      for (let left = times.length; left > 0; left--) {
        const drawn = Math.floor(uniform() * times.length);
        times[drawn] = (times[drawn] as number) + 1;
      }
    }
    yield copies;
  }
}
