import { join } from 'node:path';
import { writeFileAtomically } from '../../src/node/files.ts';
import { loadClip, saveClip } from '../../src/node.ts';
import { writeCard } from './card.ts';
import { readConcepts } from './concepts.ts';
import { evaluationTable } from './evaluation-table.ts';
import { weightsFolder } from './folders.ts';
import { evaluate, measures, type Result } from './measures.ts';
import type { RunFolder } from './run-folder.ts';

/** What is measured of the published model, in the file beside it. */
export const evaluationFile: string = join(weightsFolder, 'evaluation.json');

/** Puts a run's model into weights/emoji-clip, measures it there, also on the unseen style, and writes its card. */
export async function publish(folder: RunFolder): Promise<Result[]> {
  using clip = await loadClip(folder.taught);
  await saveClip(clip, weightsFolder, { layout: 'huggingface', dtype: 'F16' });
  const results = await evaluate(clip, readConcepts(), measures);
  await writeFileAtomically(evaluationFile, `${JSON.stringify(results, null, 2)}\n`);
  await writeCard(folder, results);
  console.log(evaluationTable(results));
  return results;
}
