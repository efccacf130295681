import { templateSets } from '../classify/template-sets.ts';
import { defaultTemplates } from '../classify/templates.ts';
import { modelTemplates } from '../node/model-templates.ts';

/** The templates where none are given: those that the model asks for, which is said on standard error, or the single default. */
export async function templatesOfModel(model: string | undefined): Promise<readonly string[]> {
  const own = model === undefined ? undefined : await modelTemplates(model);
  if (!own) return defaultTemplates;
  const set = Object.entries(templateSets).find(([, { templates }]) => templates.join('\n') === own.join('\n'));
  console.error(
    `templates: ${set ? set[0] : own.join(' | ')}, as ${model}'s own; --template or --template-set chooses others`,
  );
  return own;
}
