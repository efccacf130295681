import type { LogLine, Settings } from './run-folder.ts';

/** What the model card says of a training. */
export type Summary = Settings & {
  /** Seconds of training alone. */
  seconds: number;
  loss: {
    /** Of the first step, and the mean of the last hundred. */
    first: number;
    last: number;
  };
  /** What cosines are multiplied by at the end. */
  logitScale: number;
  /** Steps that changed nothing. */
  skipped: number;
  teaching?: Teaching;
};

/** The second stage. `likeness` is the mean cosine of texts with their targets, over the last hundred steps. */
export type Teaching = { words: number; steps: number; seconds: number; likeness: number };

/** @throws Error on an empty log */
export function summaryOf(settings: Settings, log: readonly LogLine[]): Summary {
  const [first, last] = [log[0], log.at(-1)];
  if (!first || !last) throw new Error('Cannot sum up the run: expected a log of its steps but it is empty');
  const tail = log.slice(-100);
  const loss = tail.reduce((sum, line) => sum + line.loss, 0) / tail.length;
  const { seconds, logitScale, skipped } = last;
  return { ...settings, seconds, loss: { first: first.loss, last: loss }, logitScale, skipped };
}
