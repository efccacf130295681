import { loadClip, saveClip } from '../../src/node.ts';
import { readConcepts } from './concepts.ts';
import { evaluate, measuresForChoice, type Result } from './measures.ts';
import { lessonsOf } from './neighbours.ts';
import type { Recipe } from './recipe.ts';
import type { RunFolder } from './run-folder.ts';
import { blend, teach } from './teach.ts';
import { readNouns } from './wordnet.ts';

/**
 * The second stage: teaches the run's model the words of the dictionary and saves it beside the first stage's. It takes
 * minutes and is not saved on the way; stopped, it begins anew.
 * @param every as for `readDrawings`
 * @returns how good the saved model is, but for the style of the report
 */
export async function teachWords(folder: RunFolder, recipe: Recipe, every = 1): Promise<Result[]> {
  const { steps } = recipe.words;
  const concepts = readConcepts();
  const lessons = lessonsOf(concepts, readNouns(), recipe.words);
  using teacher = await loadClip(folder.model);
  using clip = await loadClip(folder.model);
  console.error(`Teaching ${lessons.length} words: ${steps} steps`);
  const began = performance.now();
  const secondsNow = () => (performance.now() - began) / 1000;
  const likenesses: number[] = [];
  for await (const { step, likeness } of teach(clip, teacher, concepts, lessons, recipe)) {
    likenesses.push(likeness);
    if (step % 20 !== 0 && step !== steps) continue;
    const minutesLeft = Math.round(((secondsNow() / step) * (steps - step)) / 60);
    console.error(`step ${step}/${steps}  likeness ${mean(likenesses.slice(-20)).toFixed(3)}  ${minutesLeft} min left`);
  }
  const seconds = Math.round(secondsNow());
  blend(clip, teacher, recipe.words.taughtShare);
  await saveClip(clip, folder.taught, { layout: 'huggingface', dtype: 'F16' });
  const likeness = mean(likenesses.slice(-100));
  await folder.keepTeaching({ words: lessons.length, steps, seconds, likeness }, recipe.words);
  return await evaluate(clip, concepts, measuresForChoice, every);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
