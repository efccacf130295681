import type { PromptReport } from '../classify/explain-prompts.ts';
import { table } from './output.ts';

/** What the templates say of one picture, as lines: those that did most for the answer first. */
export function describePrompts({ label, second, lead, descriptions, agreement, votes }: PromptReport): string {
  const agreeing = Math.round(agreement * votes.length);
  const head = `  ${agreeing} of ${votes.length} templates alone say ${label}; together they lead ${second} by ${lead.toFixed(4)}`;
  const rows = [...votes]
    .sort((one, other) => other.contribution - one.contribution)
    .map((vote) => [
      `  ${signed(vote.contribution)}`,
      vote.template,
      `${vote.label} ${(100 * vote.probability).toFixed(1)} %`,
      vote.margin.toFixed(4),
      vote.labelWithout === label ? '' : (vote.labelWithout ?? '–'),
    ]);
  if (descriptions !== 0) rows.push([`  ${signed(descriptions)}`, '(descriptions)', '', '', '']);
  return `${head}\n${table([['  part', 'template', 'alone', 'lead', 'without it'], ...rows])}\n`;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}
