import type { ClassPrompts } from '../classify/class-prompts.ts';
import { buildClassifier } from '../classify/classifier.ts';
import type { Clip } from '../clip.ts';
import { cosinesOf } from '../cosines.ts';
import { type EmbedOptions, embedTexts } from '../embed.ts';
import { rankOf } from '../search/recall.ts';
import { argmax } from './accuracy.ts';
import { assertLabel, assertSameCount } from './check-samples.ts';
import { clusterInterval } from './cluster-interval.ts';
import { relatedGroups } from './image-text-retrieval.ts';
import { wilsonInterval } from './intervals.ts';

/** What is said of the pictures of a guard set: the class of each by its index, or captions, some of which may be of several pictures. */
export type GuardTexts =
  | { classes: readonly (string | ClassPrompts)[]; labels: readonly number[]; templates?: readonly string[] }
  | { texts: readonly string[]; textsOf: readonly (readonly number[])[] };

/** How well a model knows a guard set. */
export type GuardScore = {
  /** Of zero-shot classification; or the mean over both directions of the share of queries whose first answer is right. */
  metric: 'accuracy' | 'recall@1';
  /** 0 to 1, as are the ends of its 95 % interval. */
  value: number;
  low: number;
  high: number;
  /** Pictures. */
  count: number;
};

/**
 * Measures what a model knows of pictures that it is not trained on: before a training, and again after some steps, it shows what is
 * forgotten. The pictures are embedded by the caller, with the same model; the texts are embedded here. An embedding that
 * is not finite counts as wrong. Leaves no tensor behind.
 * @param images unit vectors [embedDim] of the pictures, by the model as it is now
 * @returns accuracy with Wilson's interval; or recall@1, its interval the mean of those of both directions (`clusterInterval`),
 *   which is not too narrow, however the directions go together
 * @throws TypeError on other counts of pictures and labels or lists of captions, RangeError on a label that is no class, and as
 *   `buildClassifier` does
 */
export async function guardScore(
  clip: Clip,
  images: readonly Float32Array[],
  said: GuardTexts,
  options: EmbedOptions = {},
): Promise<GuardScore> {
  return 'classes' in said ? zeroShotScore(clip, images, said, options) : retrievalScore(clip, images, said, options);
}

/** Whether a score is lower than another by more than `drop`; a fall of just that much is allowed. */
export function hasFallen(before: GuardScore, now: GuardScore, drop: number): boolean {
  return before.value - now.value > drop + 1e-9;
}

async function zeroShotScore(
  clip: Clip,
  images: readonly Float32Array[],
  { classes, labels, templates }: Extract<GuardTexts, { labels: unknown }>,
  options: EmbedOptions,
): Promise<GuardScore> {
  assertSameCount('measure a guard set', { pictures: images.length, labels: labels.length });
  for (const label of labels) assertLabel('measure a guard set', label, classes.length);
  const { weights } = await buildClassifier(clip, classes, {
    truncate: true,
    ...options,
    ...(templates && { templates }),
  });
  const right = images.filter((image, picture) => {
    const cosines = cosinesOf(image, weights);
    return cosines.every(Number.isFinite) && argmax(cosines) === labels[picture];
  }).length;
  const count = images.length;
  return { metric: 'accuracy', value: right / count, ...wilsonInterval(right, count), count };
}

async function retrievalScore(
  clip: Clip,
  images: readonly Float32Array[],
  { texts, textsOf }: Extract<GuardTexts, { texts: unknown }>,
  options: EmbedOptions,
): Promise<GuardScore> {
  assertSameCount('measure a guard set', { pictures: images.length, 'lists of captions': textsOf.length });
  const rows = await embedTexts(clip, texts, { truncate: true, ...options });
  const belong = textsOf.map((own) => new Set(own));
  const groups = relatedGroups(textsOf, texts.length);
  const sides = [
    share(rows, images, (text, picture) => belong[picture]?.has(text) ?? false, groups.texts),
    share(images, rows, (picture, text) => belong[picture]?.has(text) ?? false, groups.images),
  ];
  const mean = (key: 'value' | 'low' | 'high') => sides.reduce((sum, side) => sum + side[key], 0) / sides.length;
  return { metric: 'recall@1', value: mean('value'), low: mean('low'), high: mean('high'), count: images.length };
}

/** Of the queries that have a right answer in front; ties count as wrong. */
function share(
  queries: readonly Float32Array[],
  answers: readonly Float32Array[],
  isRight: (query: number, answer: number) => boolean,
  groups: readonly number[],
): { value: number; low: number; high: number } {
  const found = queries.map((row, query) => rankOf(cosinesOf(row, answers), (answer) => isRight(query, answer)) === 1);
  return { value: found.filter(Boolean).length / found.length, ...clusterInterval(found, groups) };
}
