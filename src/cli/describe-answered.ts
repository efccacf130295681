import type { AnswerFigures } from '../evaluate/answers.ts';
import { shareText } from '../node/calibration-report.ts';
import { type Section, tableHtml } from '../node/report.ts';
import { table } from './output.ts';

/** What a classifier that may be silent says, as lines. */
export function answersTable(figures: AnswerFigures): string {
  return table(rowsOf(figures).map(([name, text]) => [`  ${name}`, text]));
}

/** The same as a section of the report. */
export function answersSection(figures: AnswerFigures): Section {
  const html = tableHtml([['with its threshold and its neutral prompts', 'pictures'], ...rowsOf(figures)]);
  return { heading: 'When it may say "I don\'t know"', html };
}

function rowsOf({ coverage, risk, rightButSilent }: AnswerFigures): [string, string][] {
  return [
    ['get an answer', shareText(coverage)],
    ['wrong, of those', shareText(risk)],
    ['get none, though it would be right', shareText(rightButSilent)],
  ];
}
