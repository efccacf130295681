import { buildClassifier } from '../../src/classify/classifier.ts';
import type { Clip } from '../../src/clip.ts';
import { embedImages } from '../../src/embed.ts';
import type { Concept } from './concepts.ts';
import { onWhite, readDrawings } from './drawings.ts';
import { templates } from './recipe.ts';
import { styles } from './styles.ts';

/** How often the right label comes first, and among the first five. */
export type Accuracy = { top1: number; top5: number };

/** Drawings of one style, each ranked by its likeness to labels. */
export type Measure = {
  name: string;
  style: string;
  drawings: (concept: Concept) => boolean;
  /** Which labels they are ranked among. */
  among: (concept: Concept) => boolean;
  /** What a reference of this size in PyTorch reached, with five styles and 2,000 steps; and what was to be reached. */
  reference?: Accuracy;
  goal?: Accuracy;
};

export type Result = { name: string; style: string; drawings: number; labels: number } & Accuracy;

const isTrained = ({ isHeldOut }: Concept) => !isHeldOut;
const everything = () => true;

// biome-ignore format: a table is read by its columns
export const measures: readonly Measure[] = [
  { name: 'Noto, trained concepts without flags',                       style: 'noto',          drawings: (concept) => isTrained(concept) && !concept.isFlag, among: everything, reference: { top1: 0.57, top5: 0.87 }, goal: { top1: 0.75, top5: 0.95 } },
  { name: 'Fluent modern, trained concepts',                            style: 'fluent-modern', drawings: isTrained,                                          among: everything, reference: { top1: 0.68, top5: 0.92 }, goal: { top1: 0.8, top5: 0.96 } },
  { name: 'Noto, the held-out concepts among themselves',               style: 'noto',          drawings: ({ isHeldOut }) => isHeldOut,                       among: ({ isHeldOut }) => isHeldOut, reference: { top1: 0.23, top5: 0.43 }, goal: { top1: 0.28, top5: 0.5 } },
  { name: 'Streamline (a style kept for choosing recipes), no flags',   style: 'streamline',    drawings: ({ isFlag }) => !isFlag,                            among: everything },
  { name: 'OpenMoji (unseen style), every drawing without flags',       style: 'openmoji',      drawings: ({ isFlag }) => !isFlag,                            among: everything, reference: { top1: 0.07, top5: 0.2 }, goal: { top1: 0.13, top5: 0.32 } },
];

/** What may be looked at while recipes are compared: all but the style that only the report is about. */
export const measuresForChoice: readonly Measure[] = measures.filter(
  ({ style }) => styles.find(({ name }) => name === style)?.use !== 'report',
);

/**
 * Zero-shot classification: each label is the mean of its prompts.
 * @param every as for `readDrawings`; the labels are those of the same concepts
 */
export async function evaluate(
  clip: Clip,
  concepts: readonly Concept[],
  chosen: readonly Measure[],
  every = 1,
): Promise<Result[]> {
  const known = [...concepts.keys()].filter((index) => index % every === 0);
  const labels = known.map((index) => concepts[index]!.label);
  const { weights } = await buildClassifier(clip, labels, { templates, truncate: true, batchSize: 256 });
  const texts = new Map(known.map((index, at) => [index, weights[at]!]));
  const results: Result[] = [];
  for (const { name, style, drawings, among } of chosen) {
    const set = await readDrawings(styles.find((one) => one.name === style)!, concepts, every);
    const rows = [...set.concepts.keys()].filter((row) => drawings(concepts[set.concepts[row]!]!));
    const candidates = known.filter((index) => among(concepts[index]!));
    const embeddings = await embedImages(
      clip,
      rows.map((row) => onWhite(set, row)),
      { batchSize: 128 },
    );
    const ranks = rows.map((row, at) => rankOf(set.concepts[row]!, embeddings[at]!, texts, candidates));
    const share = (most: number) => ranks.filter((rank) => rank < most).length / ranks.length;
    results.push({ name, style, drawings: rows.length, labels: candidates.length, top1: share(1), top5: share(5) });
  }
  return results;
}

/** How many candidates fit the picture better than the right one: 0 where it comes first. */
function rankOf(
  right: number,
  image: Float32Array,
  texts: ReadonlyMap<number, Float32Array>,
  candidates: readonly number[],
): number {
  const cosine = (index: number) => {
    const text = texts.get(index)!;
    let sum = 0;
    for (let i = 0; i < text.length; i++) sum += text[i]! * image[i]!;
    return sum;
  };
  const wanted = cosine(right);
  return candidates.filter((index) => index !== right && cosine(index) >= wanted).length;
}
