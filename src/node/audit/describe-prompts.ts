import type { PromptSection } from '../../evaluate/audit/prompt-section.ts';
import { type Part, percent, rateText } from './format.ts';

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
