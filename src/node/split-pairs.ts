import { permutation, sampleSeed } from '../random.ts';
import { growingNumbers } from './growing-numbers.ts';
import { numberStrings } from './number-strings.ts';
import { type PairList, pickPairs } from './pair-list.ts';

/**
 * Sets a share of the pictures apart, by seed. All rows of a picture go to the same side.
 * @param share of the pictures, in [0, 1)
 */
export async function splitPairs(
  pairs: PairList,
  share: number,
  seed: number,
): Promise<{ training: PairList; validation: PairList }> {
  if (!(share >= 0 && share < 1))
    throw new RangeError(`Cannot split pairs: expected a share from 0 to below 1 but got ${share}`);
  if (share === 0) return { training: pairs, validation: pickPairs(pairs, new Uint32Array()) };
  const pictures = numberStrings();
  const pictureOfRow = growingNumbers(Uint32Array);
  for await (const { image } of pairs) pictureOfRow.push(pictures.numberOf(image));
  const order = permutation(pictures.size, sampleSeed(seed, splitPlace));
  const isApart = new Uint8Array(pictures.size);
  for (const picture of order.subarray(0, Math.round(share * pictures.size))) isApart[picture] = 1;
  const sides = [growingNumbers(Uint32Array), growingNumbers(Uint32Array)] as const;
  for (const [row, picture] of pictureOfRow.values().entries()) sides[isApart[picture] as 0 | 1].push(row);
  return { training: pickPairs(pairs, sides[0].values()), validation: pickPairs(pairs, sides[1].values()) };
}

/** Keeps the split's seed apart from those of epochs, which count from 0. */
const splitPlace = 2 ** 40;
