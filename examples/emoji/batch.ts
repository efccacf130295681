import { sampleSeed, uniformNumbers } from '../../src/random.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import type { Vocabulary } from '../../src/tokenizer/vocabulary.ts';
import { croppedIds } from '../../src/train/batches.ts';
import { createAugmentation } from './augment.ts';
import { type Caption, drawCaption, drawNothingCaption } from './captions.ts';
import { drawWeighted } from './chance.ts';
import type { Concept } from './concepts.ts';
import { drawNothing } from './nothing.ts';
import { createOrder } from './order.ts';
import type { Pool } from './pool.ts';
import type { Recipe } from './recipe.ts';

/** What batches are made of. It can be sent to a thread. */
export type Ingredients = { recipe: Recipe; concepts: readonly Concept[]; pool: Pool; vocabulary: Vocabulary };

/** As `finetune` takes it: [batch, size, size, 3] from -1 to 1, [batch, seq], and which pairs mean the same (equal numbers). */
export type MadeBatch = {
  pixels: Float32Array<ArrayBuffer>;
  ids: Int32Array<ArrayBuffer>;
  concepts: Int32Array<ArrayBuffer>;
};

/** @returns makes the batch of a step (counted from 0): the same one whenever and wherever it is made */
export function createBatches({ recipe, concepts, pool, vocabulary }: Ingredients): (step: number) => MadeBatch {
  const { seed, sampling, training, model, augmentation } = recipe;
  const size = model.vision.imageSize;
  const values = size * size * 3;
  const tokenizer = createTokenizer(vocabulary, model.text.contextLength);
  const trained = [...pool.drawings.entries()].filter(([, choices]) => choices.length > 0).map(([index]) => index);
  const conceptAt = createOrder(concepts, trained, sampling, seed);
  const augment = createAugmentation(augmentation, size);

  return (step) => {
    const pixels = new Float32Array(training.batch * values);
    const captions: string[] = [];
    const shown = new Int32Array(training.batch);
    for (let row = 0; row < training.batch; row++) {
      const uniform = uniformNumbers(sampleSeed(seed, step, row));
      const picture = pixels.subarray(row * values, (row + 1) * values);
      const { text, meaning } =
        row < things(step) ? drawThing(step, row, uniform, picture) : drawNone(uniform, picture);
      captions.push(text);
      shown[row] = meaning;
      for (let i = 0; i < values; i++) picture[i] = picture[i]! / 127.5 - 1;
    }
    return { pixels, ids: croppedIds(tokenizer, captions), concepts: shown };
  };

  /** How many of the batch's pictures show a thing. */
  function things(step: number): number {
    const { from, nothingPerBatch } = sampling.later;
    return step < from ? training.batch : training.batch - nothingPerBatch;
  }

  function drawThing(step: number, row: number, uniform: () => number, picture: Float32Array): Caption {
    const concept = conceptAt(step * training.batch + row);
    const { drawing, isLine } = drawWeighted(pool.drawings[concept] ?? [], uniform);
    const caption = drawCaption(concepts[concept] as Concept, concept, step, sampling, uniform);
    augment(pool, drawing, isLine, uniform, picture);
    return caption;
  }

  function drawNone(uniform: () => number, picture: Float32Array): Caption {
    drawNothing(uniform, picture, size);
    return drawNothingCaption(uniform);
  }
}
