import type { Calibration } from '../evaluate/calibrate.ts';
import type { Wanted } from '../evaluate/fit-rejection.ts';
import { estimateText, shareText } from '../node/calibration-report.ts';
import { table } from './output.ts';

/** A calibration as lines. */
export function describeCalibration({ rejection, heldOut }: Calibration, wanted: Wanted): string {
  const { score, threshold, logitScale } = rejection;
  const { scores, falseAccepts, coverage, accuracy, accuracyOfAnswers, calibration } = heldOut;
  const { before, after } = calibration;
  const rows = scores.map((figures) => [
    `  ${figures.score}${figures.score === score ? ' *' : ''}`,
    ...[figures.auroc, figures.aupr, figures.fpr95, figures.aurc].map(estimateText),
  ]);
  return [
    `kept: an answer where ${score} is at least ${threshold.toPrecision(6)}; cosines times ${logitScale.toFixed(2)} (the model's own: ${before.logitScale.toFixed(2)}); wanted: ${wantedText(wanted)}`,
    '',
    `fitted on one half, measured on the other (${heldOut.known} known, ${heldOut.unknown} unknown pictures), with 95 % intervals:`,
    table([
      ['  unknown pictures that get an answer', shareText(falseAccepts)],
      ['  known pictures that get an answer', shareText(coverage)],
      ['  right, of all known pictures', shareText(accuracy)],
      ['  right, of those that get an answer', shareText(accuracyOfAnswers)],
      ['  calibration error (ECE)', `${before.ece.toFixed(3)} before, ${after.ece.toFixed(3)} after`],
      ['  negative log-likelihood', `${before.nll.toFixed(3)} before, ${after.nll.toFixed(3)} after`],
    ]),
    '',
    table([['  score', 'AUROC', 'AUPR', 'FPR95', 'AURC'], ...rows]),
    '  * chosen; what is kept was fitted anew on all pictures, by the same steps',
  ].join('\n');
}

export function wantedText(wanted: Wanted): string {
  const percent = (share: number) => `${Number((100 * share).toPrecision(4))} %`;
  return 'falseAccepts' in wanted
    ? `at most ${percent(wanted.falseAccepts)} false accepts`
    : `an answer for at least ${percent(wanted.coverage)} of the known pictures`;
}
