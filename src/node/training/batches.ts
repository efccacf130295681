import { sampleSeed } from '../../random.ts';
import { conceptNumbers, type ReadyBatch } from '../../train/batches.ts';
import type { PairList } from '../pair-list.ts';
import type { FilePair } from '../pairs.ts';
import type { Sample } from '../workers/prepare-sample.ts';
import type { SampleSource } from '../workers/sample-source.ts';
import { type EpochOrder, epochOrder, pairsPerEpoch } from './epoch-order.ts';
import { preparePairs, type Showing } from './prepare-pairs.ts';

/** A batch as numbers, and which pairs are in it. */
export type FileBatch = ReadyBatch & {
  pairs: readonly FilePair[];
  /** Pairs whose picture or caption another pair of the batch has too, without being of its concept. */
  repeated: number;
};

export type BatchOrder = {
  /** Pairs of a step. */
  batchSize: number;
  seed: number;
  /** The first step, from 0: a run that was stopped goes on anywhere. */
  firstStep: number;
  /** The step that is no more. */
  endStep: number;
};

/** An epoch's last pairs, too few for a batch, are left out, as open_clip leaves them out; each epoch others. */
export function stepsPerEpoch(pairs: number, batchSize: number): number {
  return Math.floor(pairs / batchSize);
}

/**
 * The batches of a run, step after step. The order of an epoch follows from (seed, epoch), what a sample draws from (seed,
 * epoch, turn): neither the number of threads nor where a run begins changes anything. A picture that cannot be read is
 * left out of its batch.
 * @param onBad called for it, each time; may throw
 */
export async function* fileBatches(
  pairs: PairList,
  source: SampleSource,
  order: BatchOrder,
  onBad: (pair: FilePair, reason: string) => void,
): AsyncGenerator<FileBatch, void, undefined> {
  let batch: { pair: FilePair; sample: Sample }[] = [];
  let showings = 0;
  for await (const { pair, sample } of preparePairs(showingsOf(pairs, order), source, onBad)) {
    if (sample) batch.push({ pair, sample });
    if (++showings % order.batchSize !== 0) continue;
    if (batch.length === 0)
      throw new Error(`Cannot train: none of the ${order.batchSize} pictures of a batch can be read`);
    yield together(batch);
    batch = [];
  }
}

async function* showingsOf(pairs: PairList, order: BatchOrder): AsyncGenerator<Showing> {
  const { batchSize, seed, firstStep, endStep } = order;
  const steps = stepsPerEpoch(pairsPerEpoch(pairs), batchSize);
  let epoch = -1;
  let shown: EpochOrder = { pairs: new Uint32Array(), turns: new Uint32Array() };
  for (let step = firstStep; step < endStep; step++) {
    if (Math.floor(step / steps) !== epoch) {
      epoch = Math.floor(step / steps);
      shown = epochOrder(pairs, seed, epoch);
    }
    const begin = (step % steps) * batchSize;
    const indices = Array.from(shown.pairs.subarray(begin, begin + batchSize));
    const turns = shown.turns.subarray(begin, begin + batchSize);
    for (const [at, pair] of (await Promise.all(indices.map((index) => pairs.read(index)))).entries())
      yield { pair, seed: sampleSeed(seed, epoch, turns[at] as number) };
  }
}

/** Texts are padded with zeros behind the longest one's end: no position looks ahead. */
function together(batch: readonly { pair: FilePair; sample: Sample }[]): FileBatch {
  const values = batch[0]?.sample.pixels.length ?? 0;
  const seq = Math.max(...batch.map(({ sample }) => sample.ids.length));
  const pixels = new Float32Array(batch.length * values);
  const ids = new Int32Array(batch.length * seq);
  for (const [row, { sample }] of batch.entries()) {
    pixels.set(sample.pixels, row * values);
    ids.set(sample.ids, row * seq);
  }
  const pairs = batch.map(({ pair }) => pair);
  return { pixels, ids, pairs, concepts: conceptNumbers(pairs), repeated: countRepeated(batch) };
}

function countRepeated(batch: readonly { pair: FilePair; sample: Sample }[]): number {
  const seen = new Map<string, FilePair>();
  let repeated = 0;
  for (const { pair, sample } of batch) {
    const keys = [`image ${pair.image}`, `text ${sample.ids.join(' ')}`];
    const others = keys.map((key) => seen.get(key)).filter((other) => other !== undefined);
    if (others.some(({ concept }) => concept === undefined || concept !== pair.concept)) repeated++;
    for (const key of keys) if (!seen.has(key)) seen.set(key, pair);
  }
  return repeated;
}
