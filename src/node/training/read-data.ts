import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { announceLongTexts } from '../long-texts.ts';
import { type PairOptions, type PairSet, readPairs, splitPairs } from '../pairs.ts';

/** Where the pairs of a run come from. */
export type DataChoice = PairOptions & {
  data: string;
  /** A source of its own for validation. */
  val?: string | undefined;
  /** Or the share of the pictures of `data` that is set apart; none by default. */
  valShare?: number | undefined;
};

/** @throws RangeError where both `val` and `valShare` are given, SyntaxError where nothing is left to train on */
export async function readTrainingData(
  choice: DataChoice,
  seed: number,
): Promise<{ training: PairSet; validation: PairSet | undefined }> {
  const { data, val, valShare = 0 } = choice;
  if (val !== undefined && valShare > 0)
    throw new RangeError('Cannot set pairs apart: expected --val or --val-share but got both');
  const all = await readPairs(data, choice);
  if (val !== undefined) return { training: all, validation: await readPairs(val, choice) };
  const { training, validation } = splitPairs(all.pairs, valShare, seed);
  if (training.length === 0 && all.pairs.length > 0)
    throw new SyntaxError(`Cannot train on ${data}: with --val-share ${valShare} no pair is left for training`);
  return {
    training: { ...all, pairs: training },
    validation: valShare > 0 ? { source: data, pairs: validation, bad: [] } : undefined,
  };
}

/** Says how many captions the context does not hold. */
export function announceLongCaptions({ pairs }: PairSet, tokenizer: Tokenizer): void {
  announceLongTexts(
    pairs.flatMap(({ texts }) => texts),
    tokenizer,
    'captions',
  );
}
