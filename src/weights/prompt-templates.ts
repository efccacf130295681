import { ModelError } from '../errors.ts';
import { type ModelFiles, readText } from './open-model.ts';

/** A file of this package in a model's directory, which other programs pass over. */
export const promptTemplatesFile = 'clip_tfjs.json';

/**
 * The templates that a model asks for: `promptTemplates` in `clip_tfjs.json` beside its weights.
 * @returns undefined where there is no such file
 * @throws ModelError on a file that holds no such list
 */
export async function readPromptTemplates({ open, label }: ModelFiles): Promise<readonly string[] | undefined> {
  const text = await readText(open, promptTemplatesFile);
  if (text === undefined) return undefined;
  const templates = parse(text);
  if (templates) return templates;
  throw new ModelError(
    `Cannot read ${promptTemplatesFile} of ${label}: expected {"promptTemplates": [...]} with sentences that have {} for the label; mend it, or take it away`,
  );
}

/** The file's text. */
export function writePromptTemplates(promptTemplates: readonly string[]): string {
  return `${JSON.stringify({ promptTemplates }, null, 2)}\n`;
}

function parse(text: string): string[] | undefined {
  try {
    const { promptTemplates } = JSON.parse(text) as { promptTemplates?: unknown };
    const isTemplate = (entry: unknown) => typeof entry === 'string' && entry.includes('{}');
    return Array.isArray(promptTemplates) && promptTemplates.length > 0 && promptTemplates.every(isTemplate)
      ? promptTemplates
      : undefined;
  } catch {
    return undefined;
  }
}
