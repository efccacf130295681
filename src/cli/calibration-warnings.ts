import type { Calibration } from '../evaluate/calibrate.ts';
import type { Wanted } from '../evaluate/fit-rejection.ts';
import { picturesToShow } from '../evaluate/sample-size.ts';

/** Of fewer, a share has an interval wider than a third (Wilson, 95 %). */
const fewKnown = 30;

/** What a calibration could not fit, and what the figures cannot show. */
export function warningsOf(
  wanted: Wanted,
  calibration: Pick<Calibration, 'rejection' | 'temperature' | 'keptAnswers' | 'heldOut'>,
): string[] {
  const { temperature, keptAnswers, heldOut } = calibration;
  const warnings: string[] = [];
  const outcome = temperature.kept === 'fitted' ? temperature.half : temperature.kept;
  const which = temperature.kept === outcome ? '' : 'half of ';
  const kept = temperature.kept === 'fitted' ? 'for the figures the model keeps its own' : 'the model keeps its own';
  if (outcome === 'separable')
    warnings.push(
      `${which}the known pictures are all recognised, so they do not tell a temperature: ${kept}; add harder ones`,
    );
  if (outcome === 'uninformative')
    warnings.push(
      `on ${which}the known pictures the model is no better than guessing, so they do not tell a temperature: ${kept}; look at the labels`,
    );
  if (keptAnswers === 0)
    warnings.push(
      `no known picture gets an answer by what is kept: ${calibration.rejection.score} does not tell them from the unknown ones; take another --score, or allow more`,
    );
  else if (heldOut.coverage.count === 0)
    warnings.push('no held-out known picture gets an answer; take another --score, allow more, or add pictures');
  if (heldOut.known < fewKnown)
    warnings.push(
      `${heldOut.known} held-out known pictures say little of how many get an answer, and how many of those are right: give ${2 * fewKnown} or more`,
    );
  const [rate, count, what] =
    'falseAccepts' in wanted
      ? ([wanted.falseAccepts, heldOut.unknown, 'false accepts'] as const)
      : ([1 - wanted.coverage, heldOut.known, 'known pictures without an answer'] as const);
  const needed = picturesToShow(rate);
  if (count < needed)
    warnings.push(
      `${count} held-out pictures cannot show with 95 % confidence that there are at most ${Number((100 * rate).toPrecision(3))} % ${what}, even if there is none: it takes ${needed}, and as many to fit`,
    );
  return warnings;
}
