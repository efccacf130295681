import * as tf from '@tensorflow/tfjs';
import { infoNceLoss } from './loss.ts';

/** Shares of queries whose right answer is among the first 1, 5 and 10. */
export type Recall = { 'recall@1': number; 'recall@5': number; 'recall@10': number };

export type Validation = {
  /** As in training, over batches of the training's size; the last one, smaller, counts by its size. */
  loss: number;
  imageToText: Recall;
  textToImage: Recall;
};

/** Unit vectors of pairs: row i of the texts belongs to picture i. */
export type EmbeddedPairs = {
  images: readonly Float32Array[];
  texts: readonly Float32Array[];
  /** Equal numbers: right answers to each other. Without them each pair stands alone. */
  concepts?: readonly number[] | undefined;
};

/**
 * Loss and retrieval on pairs that were not trained on. Every text is ranked for each picture, and every picture for each
 * text. Leaves no tensor behind.
 * @param logitScale the multiplier of cosines
 */
export async function validate(pairs: EmbeddedPairs, logitScale: number, batchSize: number): Promise<Validation> {
  const { images, texts, concepts = images.map((_, row) => row) } = pairs;
  if (images.length === 0 || images.length !== texts.length || concepts.length !== images.length)
    throw new TypeError(
      `Cannot validate: expected as many texts and concepts as pictures, one or more, but got ${images.length} pictures, ${texts.length} texts and ${concepts.length} concepts`,
    );
  return {
    loss: await meanLoss({ images, texts, concepts }, logitScale, batchSize),
    imageToText: recallOf(await ranks(images, texts, concepts)),
    textToImage: recallOf(await ranks(texts, images, concepts)),
  };
}

async function meanLoss(
  { images, texts, concepts }: Required<EmbeddedPairs>,
  logitScale: number,
  batchSize: number,
): Promise<number> {
  let sum = 0;
  for (let begin = 0; begin < images.length; begin += batchSize) {
    const end = Math.min(begin + batchSize, images.length);
    const loss = tf.tidy(() =>
      infoNceLoss(
        matrix(images.slice(begin, end)),
        matrix(texts.slice(begin, end)),
        tf.scalar(logitScale),
        concepts?.slice(begin, end),
      ),
    );
    const [value = Number.NaN] = await loss.data<'float32'>();
    loss.dispose();
    sum += value * (end - begin);
  }
  return sum / images.length;
}

/** Queries that are compared at once. */
const rows = 256;

/** For each query, how many wrong answers are at least as near as the best right one. */
async function ranks(
  queries: readonly Float32Array[],
  answers: readonly Float32Array[],
  concepts: readonly number[],
): Promise<number[]> {
  const all = matrix(answers); // [answers, embedDim]
  const found: number[] = [];
  for (let begin = 0; begin < queries.length; begin += rows) {
    const some = queries.slice(begin, begin + rows);
    const cosines = tf.tidy(() => tf.matMul(matrix(some), all, false, true)); // [queries, answers]
    const values = await cosines.data<'float32'>();
    cosines.dispose();
    for (const row of some.keys())
      found.push(rankOf(values.subarray(row * answers.length, (row + 1) * answers.length), concepts, begin + row));
  }
  all.dispose();
  return found;
}

/**
 * How many wrong answers are at least as near as the best right one: 0 is the best. A tie counts as wrong, or a model that
 * sees no difference would find everything.
 * @param cosines of one query with each answer
 */
export function rankOf(cosines: Float32Array, concepts: readonly number[], query: number): number {
  const isRight = (answer: number) => concepts[answer] === concepts[query];
  const best = cosines.reduce((most, cosine, answer) => (isRight(answer) ? Math.max(most, cosine) : most), -2);
  return cosines.reduce((count, cosine, answer) => count + Number(!isRight(answer) && !(cosine < best)), 0); // nor is NaN right
}

/** @param ranks from 0 */
export function recallOf(ranks: readonly number[]): Recall {
  const within = (k: number) => ranks.filter((rank) => rank < k).length / ranks.length;
  return { 'recall@1': within(1), 'recall@5': within(5), 'recall@10': within(10) };
}

function matrix(rows: readonly Float32Array[]): tf.Tensor2D {
  const [first] = rows as readonly [Float32Array];
  const values = new Float32Array(rows.length * first.length);
  for (const [row, vector] of rows.entries()) values.set(vector, row * first.length);
  return tf.tensor2d(values, [rows.length, first.length]);
}
