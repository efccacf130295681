import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { announceLongTexts } from '../long-texts.ts';
import type { PairList } from '../pair-list.ts';
import { type PairOptions, type PairSet, readPairs } from '../pairs.ts';
import { splitPairs } from '../split-pairs.ts';

/** Where the pairs of a run come from. */
export type DataChoice = PairOptions & {
  data: string | readonly string[];
  /** How often an epoch shows the pairs of each source of `data`; each once by default. */
  dataWeight?: readonly number[] | undefined;
  /** Sources of its own for validation. */
  val?: string | readonly string[] | undefined;
  /** Or the share of the pictures of `data` that is set apart; none by default. */
  valShare?: number | undefined;
};

/**
 * @throws RangeError where both `val` and `valShare` are given, or not a weight for each source; SyntaxError where nothing is left
 *   to train on
 */
export async function readTrainingData(
  choice: DataChoice,
  seed: number,
): Promise<{ training: PairSet; validation: PairSet | undefined }> {
  const { data, dataWeight, val, valShare = 0 } = choice;
  if (val !== undefined && valShare > 0)
    throw new RangeError('Cannot set pairs apart: expected --val or --val-share but got both');
  const sources = [data].flat();
  if (dataWeight !== undefined && dataWeight.length !== sources.length)
    throw new RangeError(
      `Cannot weigh the data: expected a --data-weight for each of ${sources.length} --data but got ${dataWeight.length}`,
    );
  const all = await readPairs(
    sources.map((path, at) => ({ path, weight: dataWeight?.[at] })),
    choice,
  );
  if (val !== undefined) return { training: all, validation: await readPairs([val].flat().map(asSource), choice) };
  const { training, validation } = await splitPairs(all.pairs, valShare, seed);
  if (training.length === 0 && all.pairs.length > 0)
    throw new SyntaxError(`Cannot train on ${all.source}: with --val-share ${valShare} no pair is left for training`);
  return {
    training: { ...all, pairs: training },
    validation:
      valShare > 0 ? { source: all.source, pairs: { ...validation, weights: undefined }, bad: [] } : undefined,
  };
}

function asSource(path: string): { path: string } {
  return { path };
}

/** The captions of pairs, one after the other. */
export async function* captionsOf(pairs: PairList): AsyncGenerator<string> {
  for await (const { texts } of pairs) yield* texts;
}

/** Says how many captions the context does not hold. */
export async function announceLongCaptions({ pairs }: PairSet, tokenizer: Tokenizer): Promise<void> {
  await announceLongTexts(captionsOf(pairs), tokenizer, 'captions');
}
