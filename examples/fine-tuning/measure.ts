import { clipTfjs } from './command.ts';
import { guardTable, newTable } from './folders.ts';

/** Shares of drawings whose right label comes first, and among the first five, of the names in the table. */
export type Score = { top1: number; top5: number };

/** Both sides of an adaptation: drawings in the new style, of things that it did not show; and what the model knew before. */
export type Scores = { new: Score; guard: Score };

/** Zero-shot accuracy as `evaluate` says it, with the prompts of emoji-clip's recipe. @param model what `loadClip` takes */
export async function measure(model: string): Promise<Scores> {
  return { new: await scoreOn(newTable, model), guard: await scoreOn(guardTable, model) };
}

async function scoreOn(table: string, model: string): Promise<Score> {
  const prompts = ['--template-set', 'drawings'];
  const { json } = await clipTfjs('evaluate', table, '--model', model, ...prompts);
  return { top1: json.metrics.acc1, top5: json.metrics.acc5 };
}

/** `0.3004` as `30.0 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
