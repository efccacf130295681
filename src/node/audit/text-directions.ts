import { promptsOf, toClasses } from '../../classify/class-prompts.ts';
import { buildClassifier } from '../../classify/classifier.ts';
import { buildPromptEnsemble, classifierOf } from '../../classify/prompt-ensemble.ts';
import { defaultTemplates, openaiSevenTemplates } from '../../classify/templates.ts';
import type { Clip } from '../../clip.ts';
import { embedTexts } from '../../embed.ts';
import type { AuditData } from '../../evaluate/audit/audit-data.ts';
import { allHarmLabels } from '../../evaluate/audit/harm-labels.ts';
import { announceLongTexts } from '../long-texts.ts';
import type { AuditPlan } from './audit-plan.ts';
import type { AuditOptions } from './run-options.ts';

/** The templates that the sensitivity to prompts is measured with: one alone says nothing of it. */
export function comparedTemplates(templates: readonly string[]): readonly string[] {
  return templates.length > 1 ? templates : [...new Set([...templates, ...defaultTemplates, ...openaiSevenTemplates])];
}

/** Every text of an audit as the model sees it; what is too long is cut, and said. */
export async function directionsOf(
  clip: Clip,
  { classes, templates, harm, queries }: AuditPlan,
  { onProgress, signal }: AuditOptions,
): Promise<Pick<AuditData, 'classifier' | 'ensemble' | 'harm' | 'queries'>> {
  const weightsOf = async (names: readonly string[]) =>
    names.length === 0 ? [] : (await buildClassifier(clip, names, { templates, truncate: true })).weights;
  const compared = comparedTemplates(templates);
  const harmful = harm ? [...allHarmLabels(harm.labels), ...harm.alternatives] : [];
  const all = toClasses([...classes, ...harmful], compared).flatMap((entry) => promptsOf(entry, compared));
  await announceLongTexts([...all, ...queries], clip.tokenizer, 'prompts');
  const ensemble = await buildPromptEnsemble(clip, classes, {
    templates: compared,
    truncate: true,
    ...(onProgress && { onProgress: (done, total) => onProgress('texts', done, total) }),
    ...(signal && { signal }),
  });
  const chosen = templates.map((template) => ensemble.templates.indexOf(template));
  return {
    classifier: classifierOf(ensemble, chosen).weights,
    ensemble,
    ...(harm && {
      harm: {
        labels: harm.labels,
        directions: await weightsOf(allHarmLabels(harm.labels)),
        alternatives: { texts: harm.alternatives, directions: await weightsOf(harm.alternatives) },
      },
    }),
    ...(queries.length > 0 && {
      queries: { texts: queries, directions: await embedTexts(clip, queries, { truncate: true }) },
    }),
  };
}
