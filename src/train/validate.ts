import * as tf from '@tensorflow/tfjs';
import { type Recall, rankOf, recallOf } from '../search/recall.ts';
import { infoNceLoss } from './loss.ts';

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

/** For each query the rank of its best right answer, from 1. */
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
      found.push(
        rankOf(
          values.subarray(row * answers.length, (row + 1) * answers.length),
          (answer) => concepts[answer] === concepts[begin + row],
        ),
      );
  }
  all.dispose();
  return found;
}

function matrix(rows: readonly Float32Array[]): tf.Tensor2D {
  const [first] = rows as readonly [Float32Array];
  const values = new Float32Array(rows.length * first.length);
  for (const [row, vector] of rows.entries()) values.set(vector, row * first.length);
  return tf.tensor2d(values, [rows.length, first.length]);
}
