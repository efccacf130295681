import { ModelError } from '../errors.ts';
import { readText } from '../weights/open-model.ts';
import { findModel } from './load.ts';

/** A file of this package in a model's directory, which other programs pass over. */
const fileName = 'clip_tfjs.json';

/**
 * The templates that a model asks for: `promptTemplates` in `clip_tfjs.json` beside its weights. They are read before it is loaded.
 * @param source as for `loadClip`
 * @returns undefined where it says nothing, and where no model is found, which loading it says better
 * @throws ModelError on a file that holds no such list
 */
export async function modelTemplates(source: string): Promise<readonly string[] | undefined> {
  const found = await findModel(source).catch(() => undefined);
  const text = found && (await readText(found.files.open, fileName));
  if (text === undefined) return undefined;
  const templates = parse(text);
  if (templates) return templates;
  throw new ModelError(
    `Cannot read ${fileName} of ${source}: expected {"promptTemplates": [...]} with sentences that have {} for the label; mend it, or take it away`,
  );
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
