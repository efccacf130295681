import { join } from 'node:path';

/** What these examples make, from a clone's own folder: drawings, runs, tables. */
export const cacheFolder: string = join('examples', 'fine-tuning', 'cache');

/** One folder per run of `finetune`. */
export const runsFolder: string = join(cacheFolder, 'runs');

/** Pairs of the new style that are trained on. */
export const trainingFile: string = join(cacheFolder, 'data', 'training.jsonl');
/** Drawings in the new style of other things, with labels. */
export const newTable: string = join(cacheFolder, 'data', 'new.csv');
/** Drawings in a style that the model knows, with labels: what is not to be forgotten. */
export const guardTable: string = join(cacheFolder, 'data', 'guard.csv');
/** All labels that emoji-clip knows, one a line: what drawings are ranked among. */
export const labelsFile: string = join(cacheFolder, 'data', 'labels.txt');
