import { readPromptTemplates } from '../weights/prompt-templates.ts';
import { findModel } from './load.ts';

/**
 * The templates that a model asks for, before it is loaded; afterwards they are `clip.config.promptTemplates`.
 * @param source as for `loadClip`
 * @returns undefined where it says nothing, and where no model is found, which loading it says better
 * @throws ModelError on a `clip_tfjs.json` that holds no templates
 */
export async function modelTemplates(source: string): Promise<readonly string[] | undefined> {
  const found = await findModel(source).catch(() => undefined);
  return found && readPromptTemplates({ ...found.files, label: source });
}
