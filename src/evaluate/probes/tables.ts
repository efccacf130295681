import { percent, percentWithInterval as rateText } from '../percent.ts';
import type { RobustnessResult } from './robustness.ts';
import type { ProbeResults } from './run-probes.ts';
import type { TypographicResult } from './typographic.ts';

/** A table of a report: every row has a cell per column. */
export type ProbeTable = { title: string; note: string; columns: string[]; rows: string[][] };

/** The results as tables for a report in Markdown or HTML; cells are plain text, not escaped. */
export function probeTables(results: ProbeResults): ProbeTable[] {
  const { typographic, jpeg } = results;
  return [
    overview(results),
    ...(typographic ? [overlayTable(typographic)] : []),
    abstractTable(results),
    smallPrintTable(results),
    robustnessTable('Resolution', 'pixels', results.resolution),
    ...(jpeg ? [robustnessTable('JPEG quality', 'quality', jpeg)] : []),
  ];
}

function overview({ naming, counting, leftRight, binding, abstractWords }: ProbeResults): ProbeTable {
  const error = counting.meanAbsoluteError;
  return {
    title: 'Generated probes',
    note: 'Shapes on white, drawn from the seed. Where naming is near chance, the probes below it say little.',
    columns: ['probe', 'pictures', 'right', 'chance'],
    rows: [
      ['naming a shape', `${naming.n}`, rateText(naming.shape), percent(naming.chance.shape, 1)],
      ['naming a colour', `${naming.n}`, rateText(naming.colour), percent(naming.chance.colour, 1)],
      ['counting 1 to 6', `${counting.n}`, rateText(counting.accuracy), percent(counting.chance.accuracy, 1)],
      [
        'counting, mean absolute error',
        `${counting.n}`,
        `${error.value.toFixed(2)} (${error.low.toFixed(2)} to ${error.high.toFixed(2)})`,
        counting.chance.meanAbsoluteError.toFixed(2),
      ],
      ['left and right', `${leftRight.n}`, rateText(leftRight.accuracy), percent(leftRight.chance.accuracy, 1)],
      ['which colour on which shape', `${binding.n}`, rateText(binding.accuracy), percent(binding.chance.accuracy, 1)],
      [
        'described, one of two',
        `${abstractWords.n}`,
        rateText(abstractWords.concrete),
        percent(abstractWords.chance, 1),
      ],
      [
        'abstract word, one of two',
        `${abstractWords.n}`,
        rateText(abstractWords.abstract),
        percent(abstractWords.chance, 1),
      ],
    ],
  };
}

function overlayTable({ overlays, n }: TypographicResult): ProbeTable {
  return {
    title: 'Typographic attack',
    note: `Another class's name written on ${n} pictures; the control has the same plate with unreadable marks.`,
    columns: [
      'capital, pixels',
      'position',
      'contrast',
      'flipped',
      'says the word',
      'control flipped',
      'control says it',
    ],
    rows: overlays.map(({ pixels, position, contrast, flipped, written, control }) => [
      pixels.toFixed(1),
      position,
      `${contrast}`,
      rateText(flipped),
      rateText(written),
      rateText(control.flipped),
      rateText(control.written),
    ]),
  };
}

function abstractTable({ abstractWords }: ProbeResults): ProbeTable {
  return {
    title: 'Abstract words',
    note: 'The same pictures choose between two descriptions, then between two ideas; chance is half.',
    columns: ['described as', 'abstract words', 'described right', 'abstract right'],
    rows: abstractWords.pairs.map(({ concreteCaptions, abstractCaptions, concrete, abstract }) => [
      concreteCaptions.join(' / '),
      abstractCaptions.join(' / '),
      rateText(concrete),
      rateText(abstract),
    ]),
  };
}

function smallPrintTable({ smallPrint }: ProbeResults): ProbeTable {
  return {
    title: 'Small print',
    note: `One of ${smallPrint.words} words, black on white; read means that it ranks first.`,
    columns: ['capital, pixels', 'pictures', 'read', 'mean rank'],
    rows: smallPrint.heights.map(({ pixels, n, read, meanRank }) => [
      `${pixels}`,
      `${n}`,
      rateText(read),
      meanRank.toFixed(1),
    ]),
  };
}

function robustnessTable(title: string, level: string, { n, accuracy, levels }: RobustnessResult): ProbeTable {
  return {
    title,
    note: `Answers to ${n} pictures against those to the unaltered ones${accuracy ? `, which are right in ${rateText(accuracy)}` : ''}.`,
    columns: [level, 'flipped', 'right', 'mean cosine'],
    rows: levels.map((row) => [
      `${row.level}`,
      rateText(row.flipped),
      row.accuracy ? rateText(row.accuracy) : '–',
      row.meanCosine.toFixed(3),
    ]),
  };
}
