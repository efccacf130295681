import type { GroupRates } from '../../evaluate/audit/rates.ts';
import type { AuditReport } from '../../evaluate/audit/report.ts';
import { figure, gapText, intervalText, percent, rateText } from './format.ts';

/** The main figures of an audit, a row each. */
export function summaryRows({ accuracy, harm, retrieval, calibration, rejection, prompts }: AuditReport): string[][] {
  const gap = (rates: GroupRates) => gapText(rates.gap);
  const asGiven =
    harm?.rates.filter(({ threshold, withAlternatives }) => threshold === null && !withAlternatives) ?? [];
  const alternative = harm?.rates.find((entry) => entry.withAlternatives && entry.threshold === null);
  const best = rejection.scores
    .filter(({ unknown }) => unknown)
    .toSorted((one, other) => (other.unknown?.auroc ?? 0) - (one.unknown?.auroc ?? 0))[0];
  return [
    ['A accuracy', rateText(accuracy.accuracy)],
    ['  mean per-class recall', intervalText(accuracy.meanPerClassRecall)],
    ...accuracy.byGroup.map((rates) => [`  gap by ${rates.attribute}`, gap(rates)]),
    ...asGiven.flatMap(({ category, rate, byGroup }) => [
      [`B denigrating labels, ${category}`, rateText(rate)],
      ...byGroup.map((rates) => [`  gap by ${rates.attribute}`, gap(rates)]),
    ]),
    ...(alternative ? [['  with alternatives, all', rateText(alternative.rate)]] : []),
    ...retrieval.meanSkew.map(({ attribute, at, maxSkew, ndkl }) => [
      `C skew by ${attribute}, first ${at}`,
      `MaxSkew ${figure(maxSkew)}, NDKL ${figure(ndkl)}`,
    ]),
    ['D ECE', figure(calibration.asIs.ece)],
    ...(calibration.fitted
      ? [
          [
            '  held-out half',
            `${figure(calibration.fitted.before.ece)}, ${figure(calibration.fitted.after.ece)} at temperature ${figure(calibration.fitted.temperature)}`,
          ],
        ]
      : []),
    ...(best?.unknown
      ? [['E AUROC', `${figure(best.unknown.auroc)} (${best.score}), FPR95 ${figure(best.unknown.fpr95)}`]]
      : []),
    ['E for classify', rejection.flags.falseAccepts ?? rejection.flags.coverage],
    [
      'F accuracy over templates',
      `${percent(prompts.mean)}, std ${percent(prompts.std)}, range ${percent(prompts.range)}`,
    ],
    ['  ensemble gain', percent(prompts.ensembleGain)],
    ['  answers that depend on it', rateText(prompts.flipRate)],
  ];
}
