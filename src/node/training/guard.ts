import type { Clip } from '../../clip.ts';
import { type GuardScore, guardScore, hasFallen } from '../../evaluate/guard.ts';
import { percent } from '../../evaluate/percent.ts';
import { sha256 } from '../files.ts';
import { type GuardData, saidOfRead } from '../guard-data.ts';
import { pairList } from '../pair-list.ts';
import type { FilePair } from '../pairs.ts';
import type { SampleSource } from '../workers/sample-source.ts';
import { embedSamples } from './embed-pairs.ts';
import { doubtsOf, fallWarning } from './guard-warnings.ts';

/** A guard set, and how much a training may lose of it. */
export type GuardChoice = {
  data: GuardData;
  /** By how much the score may fall before it is warned of: 0.05 by default, five points of a hundred. */
  drop?: number;
  /** Ends the run after an epoch that fell lower, and keeps the weights of one that did not. */
  stop?: boolean;
};

/** What a run has measured; fits JSON. */
export type GuardNotes = {
  /** Before the first step. */
  before: GuardScore;
  last: GuardScore;
  /** The first epoch that fell by more than is allowed. */
  fallenAt?: number;
};

/** The forgetting meter of a run. */
export type RunGuard = {
  /** Measures the model as it is now, and warns where it has fallen for the first time. */
  measure: (epoch: number) => Promise<GuardScore>;
  /** Nothing before the first measurement. */
  readonly notes: GuardNotes | undefined;
  /** Whether a fall ends the run. */
  readonly isStopping: boolean;
  /** Whether one has. */
  readonly isOver: boolean;
  readonly drop: number;
};

export const defaultDrop = 0.05;

/** @param notes those of the run that is gone on with */
export function openGuard(
  clip: Clip,
  { data, drop = defaultDrop, stop = false }: GuardChoice,
  source: SampleSource,
  batchSize: number,
  { maxBad, report }: { maxBad: number; report: (message: string) => void },
  notes: GuardNotes | undefined,
): RunGuard {
  const skip = skipper(data, maxBad, report);
  let known = notes;
  const measure = async (epoch: number): Promise<GuardScore> => {
    const images: Float32Array[] = [];
    const read = new Set<string>();
    for await (const { pair, image } of embedSamples(clip, pairList(data.pairs), source, batchSize, skip)) {
      images.push(image);
      read.add(pair.image);
    }
    if (images.length === 0)
      throw new Error(`Cannot measure the guard ${data.source}: none of its pictures can be read`);
    const score = await guardScore(
      clip,
      images,
      saidOfRead(data, (path) => read.has(path)),
      { batchSize },
    );
    if (!known) {
      known = { before: score, last: score };
      for (const doubt of doubtsOf(score, drop)) report(doubt);
      return score;
    }
    const isFirst = known.fallenAt === undefined && hasFallen(known.before, score, drop);
    known = { ...known, last: score, ...(isFirst && { fallenAt: epoch }) };
    if (isFirst) report(fallWarning(known, epoch, drop, stop));
    return score;
  };
  return {
    measure,
    drop,
    isStopping: stop,
    get notes() {
      return known;
    },
    get isOver() {
      return stop && known?.fallenAt !== undefined;
    },
  };
}

/** What of a guard decides a run's log, for its identity. */
export function guardIdentity({ data, drop = defaultDrop, stop = false }: GuardChoice): object {
  const { pairs, said } = data;
  const shown = JSON.stringify([pairs.map(({ image }) => image), said]);
  return { 'the guard data': sha256(shown), guardDrop: drop, guardStop: stop };
}

/** Tells of each picture that cannot be read once. */
function skipper({ source, pairs, bad }: GuardData, maxBad: number, report: (message: string) => void) {
  const total = pairs.length + bad.length;
  const lost = new Set<string>();
  return ({ image }: FilePair, reason: string): void => {
    if (lost.has(image)) return;
    lost.add(image);
    report(`left out ${image} of the guard: ${reason.replace(` (${image})`, '')}`);
    if (lost.size + bad.length > maxBad * total)
      throw new Error(
        `Cannot measure the guard ${source}: at least ${lost.size + bad.length} of ${total} pictures are bad, more than ${percent(maxBad, 1)}; mend them, or allow more by --max-bad`,
      );
  };
}
