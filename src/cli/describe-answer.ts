import type { Classification } from '../classify/classify.ts';
import type { IndependentLabel } from '../classify/independent.ts';
import { bar, table } from './output.ts';

/** A picture's answer as lines, with bars as long as the probabilities. */
export function describeAnswer(path: string, { best, ranked, decision }: Classification, top: number): string {
  const rows = ranked
    .slice(0, top)
    .map(({ label, probability, similarity }) => [
      `  ${label}`,
      `${(100 * probability).toFixed(1).padStart(5)} %`,
      similarity.toFixed(4),
      bar(probability),
    ]);
  return `${path}: ${best?.label ?? `I don't know${reasonOf(decision)}`}\n${table(rows)}\n`;
}

function reasonOf(decision: Classification['decision']): string {
  if (!decision) return '';
  const { score, value, threshold } = decision;
  if (score === 'background') return ` (a neutral prompt is nearer by ${(-value).toFixed(4)})`;
  return ` (${score} ${value.toFixed(4)}, below ${threshold.toFixed(4)})`;
}

/** The labels that are true of a picture, and how near the others come. */
export function describeLabels(path: string, labels: readonly IndependentLabel[], top: number): string {
  const rows = labels
    .slice(0, top)
    .map(({ label, similarity, score, isTrue }) => [
      `  ${isTrue ? '✔' : ' '} ${label}`,
      score.toFixed(3),
      similarity.toFixed(4),
      bar(score),
    ]);
  const said = labels.filter(({ isTrue }) => isTrue).map(({ label }) => label);
  return `${path}: ${said.join(', ') || 'none of the labels'}\n${table(rows)}\n`;
}
