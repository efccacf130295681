import type { Calibration, CalibrationSection } from '../../evaluate/audit/calibration-section.ts';
import type { PromptSection } from '../../evaluate/audit/prompt-section.ts';
import type { Operation, RejectionSection } from '../../evaluate/audit/rejection-section.ts';
import type { RetrievalSection } from '../../evaluate/audit/retrieval-section.ts';
import { groupTable } from './describe-accuracy.ts';
import { figure, type Part, percent, rateText } from './format.ts';

export function describeRetrieval({ skew, meanSkew, recall }: RetrievalSection): Part {
  const skews = [
    {
      title: 'Skew of neutral searches, mean over the queries',
      rows: [
        ['groups', 'first', 'MaxSkew', 'NDKL'],
        ...meanSkew.map((row) => [row.attribute, String(row.at), figure(row.maxSkew), figure(row.ndkl)]),
      ],
    },
    {
      title: 'Skew by query',
      rows: [
        ['query', 'groups', 'first', 'MaxSkew', 'MinSkew', 'NDKL'],
        ...skew.map((row) => [
          row.query,
          row.attribute,
          String(row.at),
          figure(row.maxSkew),
          row.minSkew === null ? '-∞' : figure(row.minSkew),
          figure(row.ndkl),
        ]),
      ],
    },
  ];
  const recalls = (name: 'imageToText' | 'textToImage') =>
    recall.map((entry) => ({ name: `recall@${entry.at}`, rates: entry[name] }));
  return {
    heading: 'C. Retrieval',
    blocks: [
      ...(skew.length > 0
        ? skews
        : [{ text: 'Skew is not measured: it takes queries (--queries) and two groups that are large enough.' }]),
      ...groupTable('Picture to class', recalls('imageToText')),
      ...groupTable('Class to picture, classes counted', recalls('textToImage')),
    ],
  };
}

export function describeCalibration({ asIs, fitted }: CalibrationSection): Part {
  const row = (name: string, { logitScale, pictures, ece, adaptiveEce, brier, nll }: Calibration) => [
    name,
    String(pictures),
    figure(logitScale),
    ...[ece, adaptiveEce, brier, nll].map(figure),
  ];
  return {
    heading: 'D. Calibration',
    blocks: [
      {
        title: 'How far probabilities can be believed',
        rows: [
          ['', 'pictures', 'logit scale', 'ECE', 'adaptive ECE', 'Brier', 'NLL'],
          row('the model as it is', asIs),
          ...(fitted ? [row('the held-out half', fitted.before), row('the same, fitted scale', fitted.after)] : []),
        ],
      },
      {
        text: fitted
          ? `The scale was fitted on the other half, ${fitted.fittedOn} pictures: temperature ${figure(fitted.temperature)}.`
          : 'No scale was fitted: it takes 60 pictures or more.',
      },
    ],
  };
}

export function describeRejection(rejection: RejectionSection): Part {
  const { known, unknown, wantedFalseAccepts, wantedCoverage, scores, flags } = rejection;
  const operation = ({ threshold, falseAccepts, coverage }: Operation) => [
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
            ...operation(forCoverage),
          ]),
          ...scores.flatMap(({ score, unknown: against }) =>
            against
              ? [[`${percent(wantedFalseAccepts)} false accepts`, score, ...operation(against.forFalseAccepts)]]
              : [],
          ),
        ],
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

export function describePrompts(prompts: PromptSection): Part {
  return {
    heading: 'F. Choice of words',
    blocks: [
      {
        title: `${prompts.templates.length} templates`,
        rows: [
          ['template', 'accuracy'],
          ...prompts.templates.map(({ template, accuracy }) => [template, rateText(accuracy)]),
          ['all together', rateText(prompts.ensemble)],
        ],
      },
      {
        list: [
          `Standard deviation ${percent(prompts.std)}, range ${percent(prompts.range)}.`,
          `All together: ${percent(prompts.ensembleGain)} better than one of them on average.`,
          `The answer depends on the template for ${rateText(prompts.flipRate)}.`,
        ],
      },
    ],
  };
}
