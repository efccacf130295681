import type { FilePair } from '../pairs.ts';
import { inOrder } from '../workers/in-order.ts';
import { PoolError } from '../workers/pool.ts';
import type { ReadySample, SampleSource } from '../workers/sample-source.ts';

/** A pair's turn. Without a seed it is shown as in evaluation. */
export type Showing = { pair: FilePair; seed?: number };

/**
 * Prepares samples ahead of their use.
 * @param onBad called for a picture that cannot be read, each time; may throw
 * @yields a sample for each showing, in their order; undefined where the picture cannot be read
 * @throws PoolError where the threads cannot go on
 */
export async function* preparePairs(
  showings: Iterable<Showing> | AsyncIterable<Showing>,
  source: SampleSource,
  onBad: (pair: FilePair, reason: string) => void,
): AsyncGenerator<{ pair: FilePair; sample: ReadySample | undefined }, void, undefined> {
  const prepare = ({ pair, ...seeded }: Showing) =>
    source.prepare({ image: pair.image, ...(pair.bytes && { bytes: pair.bytes }), texts: pair.texts, ...seeded }).then(
      (sample) => ({ pair, sample, error: undefined }),
      (error: Error) => ({ pair, sample: undefined, error }),
    );
  for await (const { pair, sample, error } of inOrder(showings, source.ahead, prepare)) {
    if (error instanceof PoolError) throw error;
    if (error) onBad(pair, error.message);
    yield { pair, sample };
  }
}
