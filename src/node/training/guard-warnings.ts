import type { GuardScore } from '../../evaluate/guard.ts';
import { percentWithInterval } from '../../evaluate/percent.ts';
import type { GuardData } from '../guard-data.ts';
import type { PairList } from '../pair-list.ts';

/** A score in words: `accuracy 81.2 % (75.0 to 86.1)`. */
export function scoreText(score: GuardScore): string {
  return `${score.metric} ${percentWithInterval(score)}`;
}

/** Says how many pictures of a guard set are trained on: these are not forgotten. */
export async function warnOfTrained(
  { pairs, source }: GuardData,
  training: PairList,
  report: (message: string) => void,
): Promise<void> {
  const others = new Set(pairs.map(({ image }) => image));
  for await (const { image } of training) others.delete(image);
  const count = pairs.filter(({ image }) => !others.has(image)).length;
  if (count > 0)
    report(
      `${count} of the ${pairs.length} pictures of the guard ${source} are trained on, too, so it shows less than what is forgotten; take others`,
    );
}

/** What a guard set cannot tell. */
export function doubtsOf(before: GuardScore, drop: number): string[] {
  const half = (before.high - before.low) / 2;
  if (before.value <= drop)
    return [
      `the guard cannot show forgetting: its ${scoreText(before)} can't fall by ${points(drop)}; take pictures that the model knows, or a smaller drop`,
    ];
  if (half <= drop) return [];
  return [
    `the guard is small: ${before.count} pictures put its ${before.metric} at ${percentWithInterval(before)}, give or take ${points(half)}, which is more than the drop of ${points(drop)} that is warned of; more pictures tell better`,
  ];
}

/** A fall in words, and what to do about it. */
export function fallWarning(
  { before, last }: { before: GuardScore; last: GuardScore },
  epoch: number,
  drop: number,
  stop: boolean,
): string {
  const fall = `the model forgets: ${last.metric} on the guard fell from ${percentWithInterval(before)} to ${percentWithInterval(last)} by epoch ${epoch}, ${points(before.value - last.value)}, where ${points(drop)} are allowed`;
  return `${fall}; ${stop ? 'the run ends here, and keeps weights from before the fall' : 'lower --learning-rate, train fewer epochs or parameters, or blend with the start by wise-ft'}`;
}

/** A difference of shares: 0.05 as `5.0 points`. */
function points(difference: number): string {
  return `${(100 * difference).toFixed(1)} points`;
}
