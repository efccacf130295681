import { argmax } from './accuracy.ts';
import { assertSameCount } from './check-samples.ts';
import { clusterInterval } from './cluster-interval.ts';
import { cosinesOf } from './cosines.ts';
import type { Interval } from './intervals.ts';
import { measuresOfRanks, type RetrievalMeasures, retrievalRanks } from './retrieval.ts';

/** Unit vectors of pictures and of texts, and which belong together. */
export type CaptionedEmbeddings = {
  images: readonly Float32Array[];
  texts: readonly Float32Array[];
  /** For each picture, the indices of its texts; a text may belong to several pictures. */
  textsOf: readonly (readonly number[])[];
};

const ks = [1, 5, 10] as const;
type RecallName = `${'image' | 'text'}_retrieval_recall@${(typeof ks)[number]}`;

/** How the queries of one direction fared. */
export type RetrievalDirection = Pick<RetrievalMeasures, 'meanRank' | 'medianRank'> & {
  /** Queries: texts where pictures are looked for, pictures where texts are. */
  count: number;
  /** Of the best right answer of each query, from 1. */
  ranks: number[];
  /** What came first for each query: indices. */
  first: number[];
};

export type RetrievalEvaluation = {
  /** CLIP_benchmark's names: `image_retrieval` looks for pictures by texts, `text_retrieval` for texts by pictures. */
  metrics: Record<RecallName, number>;
  /** `clusterInterval`: captions of one picture, and pictures of one caption, are no independent queries. */
  intervals: Record<RecallName, Interval>;
  imageRetrieval: RetrievalDirection;
  textRetrieval: RetrievalDirection;
};

/**
 * Evaluates retrieval both ways: every picture is ranked for each text, and every text for each picture. A query counts as
 * found when one of its right answers is among the first k (CLIP, section 3.1; CLIP_benchmark). Ties count as wrong. Only
 * one query's scores are held at a time.
 * @throws TypeError where there are no pictures or texts, or one that belongs to nothing; RangeError on vectors of different widths
 */
export function evaluateRetrieval(
  { images, texts, textsOf }: CaptionedEmbeddings,
  { level = 0.95 }: { level?: number } = {},
): RetrievalEvaluation {
  assertSameCount('evaluate retrieval', { pictures: images.length, 'lists of texts': textsOf.length });
  const imagesOf = texts.map((): number[] => []);
  for (const [image, own] of textsOf.entries()) for (const text of own) imagesOf[text]?.push(image);
  const imageRetrieval = direction(texts, images, imagesOf);
  const textRetrieval = direction(images, texts, textsOf);
  const metrics = {} as Record<RecallName, number>;
  const intervals = {} as Record<RecallName, Interval>;
  const related = relatedGroups(textsOf, texts.length);
  for (const [side, { ranks }, groups] of [
    ['image', imageRetrieval, related.texts],
    ['text', textRetrieval, related.images],
  ] as const)
    for (const k of ks) {
      const name: RecallName = `${side}_retrieval_recall@${k}`;
      metrics[name] = measuresOfRanks(ranks)[`recall@${k}`];
      intervals[name] = clusterInterval(
        ranks.map((rank) => rank <= k),
        groups,
        level,
      );
    }
  return { metrics, intervals, imageRetrieval, textRetrieval };
}

/** Groups of what is connected by belonging together: a number for each picture and each text, the same within a group. */
export function relatedGroups(
  textsOf: readonly (readonly number[])[],
  textCount: number,
): { texts: number[]; images: number[] } {
  const parents = Array.from({ length: textCount }, (_, text) => text);
  const rootOf = (text: number): number => {
    let root = text;
    while (parents[root] !== root) root = parents[root] as number;
    parents[text] = root;
    return root;
  };
  for (const [first = 0, ...others] of textsOf) for (const text of others) parents[rootOf(text)] = rootOf(first);
  return { texts: parents.map((_, text) => rootOf(text)), images: textsOf.map(([text = 0]) => rootOf(text)) };
}

function direction(
  queries: readonly Float32Array[],
  answers: readonly Float32Array[],
  answersOf: readonly (readonly number[])[],
): RetrievalDirection {
  const ranks: number[] = [];
  const first: number[] = [];
  for (const [query, embedding] of queries.entries()) {
    const right = new Set(answersOf[query]);
    const cosines = cosinesOf(embedding, answers);
    ranks.push(...retrievalRanks([cosines], (_, answer) => right.has(answer)));
    first.push(argmax(cosines));
  }
  const { meanRank, medianRank } = measuresOfRanks(ranks);
  return { count: ranks.length, meanRank, medianRank, ranks, first };
}
