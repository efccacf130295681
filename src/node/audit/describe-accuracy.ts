import type { AccuracySection, Worst } from '../../evaluate/audit/accuracy-section.ts';
import type { GroupRates } from '../../evaluate/audit/rates.ts';
import { leastGroupCount } from '../../evaluate/groups.ts';
import { type Block, figure, gapText, intervalText, type Part, percent, rateText, unknownFigure } from './format.ts';

/** A table of one figure for every group, and its gap. */
export function groupTable(title: string, figures: readonly { name: string; rates: readonly GroupRates[] }[]): Block[] {
  const attributes = figures[0]?.rates ?? [];
  return attributes.map(({ attribute, groups }, at) => {
    const columns = figures.map(({ rates }) => rates[at] as GroupRates);
    const rows = groups.map(({ group, insufficient }, row) => [
      group,
      ...columns.map(({ groups: cells }) => {
        const cell = cells[row] as GroupRates['groups'][number];
        return cell.rate.count > 0 && cell.insufficient && !insufficient
          ? `${rateText(cell.rate)}, insufficient`
          : rateText(cell.rate);
      }),
      insufficient ? `insufficient (fewer than ${leastGroupCount})` : '',
    ]);
    const gaps = columns.map(({ gap }) => gapText(gap));
    const ratios = columns.map(({ ratio }) =>
      ratio ? `${figure(ratio.value)} (${figure(ratio.low)} to ${figure(ratio.high)})` : unknownFigure,
    );
    return {
      title: `${title}, by ${attribute}`,
      rows: [
        [attribute, ...figures.map(({ name }) => name), ''],
        ...rows,
        ['gap', ...gaps, ''],
        ['ratio', ...ratios, ''],
      ],
    };
  });
}

export function describeAccuracy(accuracy: AccuracySection): Part {
  const { byGroup, byClass, worst, thresholds, confusions, meanPerClassRecall } = accuracy;
  return {
    heading: 'A. Accuracy',
    blocks: [
      {
        title: 'All pictures',
        rows: [
          ['figure', 'value (95 % interval)'],
          ['accuracy (acc1)', rateText(accuracy.accuracy)],
          ['among the first five (acc5)', rateText(accuracy.top5)],
          ['mean per-class recall', intervalText(meanPerClassRecall)],
        ],
      },
      ...groupTable('Accuracy', [{ name: 'accuracy', rates: byGroup }]),
      ...(worst.length > 0 ? [worstTable(worst)] : []),
      ...byGroup.flatMap(({ attribute }) => classTables(attribute, byClass)),
      thresholdTable(thresholds),
      {
        title: 'The most frequent mistakes',
        rows: [
          ['is', 'was taken for', 'pictures', 'of its class'],
          ...confusions.map(({ label, predicted, count, share }) => [label, predicted, String(count), percent(share)]),
        ],
      },
    ],
  };
}

function worstTable(worst: AccuracySection['worst']): Block {
  const cell = (entry: Worst) => (entry ? `${figure(entry.value)} ('${entry.label}')` : unknownFigure);
  return {
    title: 'Of the worst class',
    rows: [
      ['groups', 'demographic parity difference', 'equal opportunity difference', 'equalized odds difference'],
      ...worst.map((row) => [
        row.attribute,
        cell(row.demographicParityDifference),
        cell(row.equalOpportunityDifference),
        cell(row.equalizedOddsDifference),
      ]),
    ],
  };
}

/** The gaps of the most unequal classes, and the rates of the first of them. */
function classTables(attribute: string, byClass: AccuracySection['byClass']): Block[] {
  const classes = byClass.filter((entry) => entry.attribute === attribute);
  const [first] = classes;
  if (!first) return [];
  return [
    {
      title: `Most unequal classes, by ${attribute}`,
      rows: [
        ['class', 'gap of selection rates', 'of true positive rates', 'of false positive rates'],
        ...classes.map(({ label, selectionRate, truePositiveRate, falsePositiveRate }) => [
          label,
          ...[selectionRate, truePositiveRate, falsePositiveRate].map(({ gap }) => gapText(gap)),
        ]),
      ],
    },
    ...groupTable(`Class '${first.label}'`, [
      { name: 'selection rate', rates: [first.selectionRate] },
      { name: 'true positive rate', rates: [first.truePositiveRate] },
      { name: 'false positive rate', rates: [first.falsePositiveRate] },
    ]),
  ];
}

function thresholdTable(thresholds: AccuracySection['thresholds']): Block {
  const gaps = (rates: readonly GroupRates[]) =>
    rates.map(({ attribute, gap }) => `${attribute} ${gap ? percent(gap.value) : unknownFigure}`).join('; ');
  return {
    title: 'Where less probable answers are not given',
    rows: [
      ['least probability', 'answered', 'gaps of it', 'accuracy of the answers', 'gaps of it'],
      ...thresholds.map(({ threshold, answered, answeredByGroup, accuracy, byGroup }) => [
        String(threshold),
        rateText(answered),
        gaps(answeredByGroup),
        rateText(accuracy),
        gaps(byGroup),
      ]),
    ],
  };
}
