import type { OperatingPoint, RejectionSection } from '../../evaluate/audit/rejection-section.ts';
import { figure, type Part, percent, rateText } from './format.ts';

export function describeRejection(rejection: RejectionSection): Part {
  const { known, unknown, fittedOn, wantedFalseAccepts, wantedCoverage, scores, flags } = rejection;
  const operatingPoint = ({ threshold, falseAccepts, coverage }: OperatingPoint) => [
    figure(threshold),
    rateText(coverage),
    rateText(falseAccepts),
  ];
  return {
    heading: "E. I don't know",
    blocks: [
      {
        title: `${known} pictures of the classes, ${unknown} of none`,
        rows: [
          ['score', 'AURC', 'AUROC', 'AUPR', 'FPR95'],
          ...scores.map(({ score, aurc, unknown: against }) => [
            score,
            ...[aurc, against?.auroc ?? null, against?.aupr ?? null, against?.fpr95 ?? null].map(figure),
          ]),
        ],
      },
      {
        title: 'Thresholds',
        rows: [
          ['for', 'score', 'threshold', 'answered', 'false accepts'],
          ...scores.map(({ score, forCoverage }) => [
            `${percent(wantedCoverage)} answered`,
            score,
            ...operatingPoint(forCoverage),
          ]),
          ...scores.flatMap(({ score, unknown: against }) =>
            against
              ? [[`${percent(wantedFalseAccepts)} false accepts`, score, ...operatingPoint(against.forFalseAccepts)]]
              : [],
          ),
        ],
      },
      {
        text: `Thresholds were fitted on ${fittedOn.known} pictures of the classes and ${fittedOn.unknown} of none; what they do is measured on the others.`,
      },
      {
        list: [
          `For ${percent(wantedCoverage)} answered: clip-tfjs classify ... ${flags.coverage}`,
          flags.falseAccepts
            ? `For ${percent(wantedFalseAccepts)} false accepts: clip-tfjs classify ... ${flags.falseAccepts}`
            : 'Name pictures that are none of the classes (--unknown), and there is a threshold against them here.',
        ],
      },
    ],
  };
}
