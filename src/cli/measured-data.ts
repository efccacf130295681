import { type GuardData, type GuardDataOptions, readGuardData } from '../node/guard-data.ts';
import { tellBad } from './evaluate-options.ts';
import { refuseUnfitPrompts } from './prompt-options.ts';
import { asUsage } from './usage.ts';

/**
 * Reads pictures that a model shall be measured by, before it is loaded, and says what is left out.
 * @param templates asked for where the pictures have labels
 * @throws UsageError on what cannot be used
 */
export async function readMeasured(
  source: string,
  columns: Omit<GuardDataOptions, 'templates'>,
  templates: () => Promise<readonly string[]>,
  action: string,
): Promise<GuardData> {
  const data = await asUsage(() => readGuardData(source, columns));
  tellBad(data.bad.map(({ place, reason }) => ({ place: `${place} of ${source}`, reason })));
  if (!('classes' in data.said)) return data;
  const said = { ...data.said, templates: await templates() };
  await refuseUnfitPrompts(said.classes, said.templates, action);
  return { ...data, said };
}
