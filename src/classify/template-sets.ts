import { type DataSetName, dataSetTemplates } from './data-set-templates.ts';
import { openaiEightyTemplates } from './imagenet-templates.ts';
import { defaultTemplates, openaiSevenTemplates } from './templates.ts';

/** Templates that belong together, and where they are from. */
export type TemplateSet = { templates: readonly string[]; source: string };

export type TemplateSetName = 'default' | 'openai-80' | 'openai-7' | 'drawings' | DataSetName;

/** Around which emoji-clip's captions were put in training; all of them together are the prompts of its figures. */
const drawingTemplates: readonly string[] = [
  '{}',
  'a drawing of {}',
  'an emoji of {}',
  'a picture of {}',
  'an icon of {}',
  'a cartoon of {}',
  'a line drawing of {}',
];

const notebook = 'openai/CLIP, notebooks/Prompt_Engineering_for_ImageNet.ipynb (MIT)';

/** Every set of templates that ships, by name: the single default, ImageNet's, those of the paper's data sets, emoji-clip's. */
export const templateSets: Readonly<Record<TemplateSetName, TemplateSet>> = {
  default: { templates: defaultTemplates, source: 'CLIP (Radford et al. 2021), section 3.1.4' },
  'openai-80': { templates: openaiEightyTemplates, source: notebook },
  'openai-7': { templates: openaiSevenTemplates, source: notebook },
  drawings: { templates: drawingTemplates, source: 'clip-tfjs, weights/emoji-clip/README.md (MIT)' },
  ...dataSets(),
};

/** @throws RangeError on a name that there is not */
export function findTemplateSet(name: string): TemplateSet {
  if (Object.hasOwn(templateSets, name)) return templateSets[name as TemplateSetName];
  const names = Object.keys(templateSets).join(', ');
  throw new RangeError(`Cannot find template set '${name}': expected one of ${names}`);
}

function dataSets(): Record<DataSetName, TemplateSet> {
  const entries = Object.entries(dataSetTemplates).map(([name, templates]) => [
    name,
    { templates, source: 'openai/CLIP, data/prompts.md (MIT)' },
  ]);
  return Object.fromEntries(entries) as Record<DataSetName, TemplateSet>;
}
