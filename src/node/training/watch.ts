import type { StepEntry } from './log.ts';

/** Steps whose mean loss is looked at. */
const window = 50;

/** The temperature's bound, but for rounding. */
const highest = 99.99;

/** Looks at each step for what people get wrong. @returns warnings that were not given before */
export type Watch = (entry: StepEntry) => string[];

/**
 * Warns once of each: a loss that stays at that of guessing, repeated pairs in a batch, a temperature at its bound, steps
 * that were skipped.
 * @param warmup steps in which nothing is expected of the loss
 */
export function watchTraining(warmup: number): Watch {
  const losses: number[] = [];
  const given = new Set<string>();
  let startedBelow: boolean | undefined; // published models have 100 from the start
  const patience = Math.max(2 * window, warmup + window);
  return (entry) => {
    const { step, loss, pairs, repeated, logitScale, skipped } = entry;
    startedBelow ??= logitScale < highest;
    losses.push(loss === null ? Number.NaN : loss / Math.log(pairs));
    if (losses.length > window) losses.shift();
    const share = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    const found: Record<string, string | false> = {
      stuck:
        step >= patience &&
        share > 0.98 &&
        `the loss has stayed at ln(${pairs}) = ${Math.log(pairs).toFixed(2)}, that of guessing, for ${window} steps: the model does not learn; ` +
          'look whether captions belong to their pictures, and try a higher or a lower --learning-rate',
      repeated:
        repeated > 0 &&
        `step ${step} has ${repeated} of ${pairs} pairs whose picture or caption another pair has too: each is a wrong answer to the other; ` +
          'give such pairs a concept (--concept-column), or take a smaller --batch-size',
      bound:
        startedBelow &&
        logitScale >= highest &&
        `the temperature is at its bound, 1/${logitScale.toFixed(0)}: the learning rate may be too high, or the batch too easy`,
      skipped:
        skipped > 0 &&
        `step ${step} was skipped, because its gradient is not finite; if that goes on, lower --learning-rate`,
    };
    return Object.entries(found).flatMap(([kind, message]) => {
      if (!message || given.has(kind)) return [];
      given.add(kind);
      return [message];
    });
  };
}
