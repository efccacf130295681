import { classifierOf } from '../../classify/prompt-ensemble.ts';
import { argmax } from '../accuracy.ts';
import { cosinesOf } from '../cosines.ts';
import type { Rate } from '../groups.ts';
import type { AuditData } from './audit-data.ts';
import { overallRate } from './rates.ts';

/** Part F: what the choice of words does. */
export type PromptSection = {
  templates: { template: string; accuracy: Rate }[];
  mean: number;
  /** Standard deviation over templates, with n - 1. */
  std: number;
  /** Highest less lowest accuracy. */
  range: number;
  /** Accuracy of all these templates together, as `buildClassifier` joins them. */
  ensemble: Rate;
  /** The ensemble's accuracy less the templates' mean. */
  ensembleGain: number;
  /** Share of pictures whose answer is not the same with every template. */
  flipRate: Rate;
};

export function promptSection({ pictures, labels, ensemble: prompts }: AuditData): PromptSection {
  const answersOf = (chosen?: readonly number[]) => {
    const { weights } = classifierOf(prompts, chosen); // one at a time: many templates and classes are large
    return pictures.map((picture) => argmax(cosinesOf(picture, weights)));
  };
  const answers = prompts.templates.map((_, at) => answersOf([at]));
  const accuracyOf = (predicted: readonly number[]) =>
    overallRate(labels.length, (row) => predicted[row] === labels[row]);
  const templates = prompts.templates.map((template, at) => ({
    template,
    accuracy: accuracyOf(answers[at] as number[]),
  }));
  const values = templates.map(({ accuracy }) => accuracy.value);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const ensemble = accuracyOf(answersOf());
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
