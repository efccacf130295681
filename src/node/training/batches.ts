import { sampleSeed } from '../../random.ts';
import { conceptNumbers } from '../../train/batches.ts';
import type { Concepts } from '../../train/loss.ts';
import type { PairList } from '../pair-list.ts';
import type { FilePair } from '../pairs.ts';
import type { ReadySample, SampleSource } from '../workers/sample-source.ts';
import { type EpochOrder, epochOrder, pairsPerEpoch } from './epoch-order.ts';
import { preparePairs, type Showing } from './prepare-pairs.ts';

/** A batch as numbers, and which pairs are in it. */
export type FileBatch = ({ pixels: Float32Array } | { imageEmbeds: Float32Array }) &
  ({ ids: Int32Array } | { textEmbeds: Float32Array }) & {
    concepts?: Concepts | undefined;
    pairs: readonly FilePair[];
    /** Pairs whose picture or caption another pair of the batch has too, without being of its concept or shown twice. */
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
  let batch: Shown[] = [];
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

type Shown = { pair: FilePair; sample: ReadySample };

/** All samples of a run have the same sides: ids or features, pixels or features. */
function together(batch: readonly Shown[]): FileBatch {
  const pairs = batch.map(({ pair }) => pair);
  const samples = batch.map(({ sample }) => sample);
  return {
    ...pictureSide(samples),
    ...textSide(samples),
    ...{ pairs, concepts: conceptsOf(pairs), repeated: countRepeated(batch) },
  };
}

/**
 * A number per pair, equal where pairs are right answers to each other: those of one concept; and a pair that a batch shows more than
 * once, as weights above 1 bring about, which has a place by which it is known.
 */
function conceptsOf(pairs: readonly FilePair[]): number[] | undefined {
  const firstOf = new Map<string, number>();
  const first = pairs.map(({ place }, row) => {
    if (place === undefined) return row;
    if (!firstOf.has(place)) firstOf.set(place, row);
    return firstOf.get(place) as number;
  });
  const shownAgain = new Set(first.filter((other, row) => other !== row));
  return conceptNumbers(
    pairs.map(({ concept }, row) => ({
      concept: concept ?? (shownAgain.has(first[row] as number) ? first[row] : undefined),
    })),
  );
}

function pictureSide(samples: readonly ReadySample[]): { pixels: Float32Array } | { imageEmbeds: Float32Array } {
  const features = samples.flatMap((sample) => ('imageEmbeds' in sample ? [sample.imageEmbeds] : []));
  if (features.length > 0) return { imageEmbeds: joined(features) };
  return { pixels: joined(samples.flatMap((sample) => ('pixels' in sample ? [sample.pixels] : []))) };
}

/** Ids are padded with zeros behind the longest one's end: no position looks ahead. */
function textSide(samples: readonly ReadySample[]): { ids: Int32Array } | { textEmbeds: Float32Array } {
  const features = samples.flatMap(({ textEmbeds }) => (textEmbeds ? [textEmbeds] : []));
  if (features.length > 0) return { textEmbeds: joined(features) };
  const seq = Math.max(...samples.map(({ ids }) => ids.length));
  const ids = new Int32Array(samples.length * seq);
  for (const [row, sample] of samples.entries()) ids.set(sample.ids, row * seq);
  return { ids };
}

/** Rows of one length, one after another. */
function joined(rows: readonly Float32Array[]): Float32Array {
  const length = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * length);
  for (const [index, row] of rows.entries()) all.set(row, index * length);
  return all;
}

function countRepeated(batch: readonly Shown[]): number {
  const seen = new Map<string, FilePair>();
  let repeated = 0;
  for (const { pair, sample } of batch) {
    const keys = [`image ${pair.image}`, `text ${sample.ids.join(' ')}`];
    const others = keys.map((key) => seen.get(key)).filter((other) => other !== undefined);
    const areRight = ({ concept, place }: FilePair) =>
      (concept !== undefined && concept === pair.concept) || (place !== undefined && place === pair.place);
    if (!others.every(areRight)) repeated++;
    for (const key of keys) if (!seen.has(key)) seen.set(key, pair);
  }
  return repeated;
}
