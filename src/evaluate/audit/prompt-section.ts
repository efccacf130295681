import { argmax } from '../accuracy.ts';
import type { Rate } from '../groups.ts';
import type { AuditData } from './audit-data.ts';
import { cosineRows } from './cosines.ts';
import { overallRate } from './rates.ts';

/** Part F: what the choice of words does. */
export type PromptSection = {
  templates: { template: string; accuracy: Rate }[];
  mean: number;
  /** Standard deviation over templates, with n - 1. */
  std: number;
  /** Highest less lowest accuracy. */
  range: number;
  /** Accuracy of the mean of these templates' directions. */
  ensemble: Rate;
  /** The ensemble's accuracy less the templates' mean. */
  ensembleGain: number;
  /** Share of pictures whose answer is not the same with every template. */
  flipRate: Rate;
};

export function promptSection({ pictures, labels, byTemplate }: AuditData): PromptSection {
  const answers = byTemplate.map(({ directions }) => answersOf(pictures, directions));
  const accuracyOf = (predicted: readonly number[]) =>
    overallRate(labels.length, (row) => predicted[row] === labels[row]);
  const templates = byTemplate.map(({ template }, at) => ({ template, accuracy: accuracyOf(answers[at] as number[]) }));
  const values = templates.map(({ accuracy }) => accuracy.value);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const ensemble = accuracyOf(answersOf(pictures, meanDirections(byTemplate.map(({ directions }) => directions))));
  return {
    templates,
    mean,
    std: Math.sqrt(squares / (values.length - 1)),
    range: Math.max(...values) - Math.min(...values),
    ensemble,
    ensembleGain: ensemble.value - mean,
    flipRate: overallRate(labels.length, (row) => answers.some((each) => each[row] !== answers[0]?.[row])),
  };
}

/** One template at a time: the cosines of many templates and classes would not fit in memory together. */
function answersOf(pictures: readonly Float32Array[], directions: readonly Float32Array[]): number[] {
  return pictures.map((picture) => argmax(cosineRows([picture], directions)[0] as Float32Array));
}

/** The mean of unit vectors, class by class, made unit vectors again: longer ones would win. */
function meanDirections(templates: readonly (readonly Float32Array[])[]): Float32Array[] {
  const [first = []] = templates;
  return first.map((direction, at) => {
    const sum = new Float64Array(direction.length);
    for (const directions of templates)
      for (const [i, value] of (directions[at] as Float32Array).entries()) sum[i] = (sum[i] as number) + value;
    const length = Math.hypot(...sum);
    return Float32Array.from(sum, (value) => value / length);
  });
}
