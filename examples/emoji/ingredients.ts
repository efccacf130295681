import { trainBpe } from '../../src/tokenizer/train-bpe.ts';
import type { Ingredients } from './batch.ts';
import { captionCorpus } from './captions.ts';
import { drawHeldOut, readConcepts, readHeldOut } from './concepts.ts';
import { readDrawings } from './drawings.ts';
import { buildPool } from './pool.ts';
import type { Recipe } from './recipe.ts';
import { styles } from './styles.ts';

/**
 * All that the training is made of: words, vocabulary, drawings.
 * @param every 1 for all concepts, n to take each nth: for a trial run
 * @throws Error where held-out.json does not hold the concepts that its seed draws
 */
export async function prepareIngredients(recipe: Recipe, every = 1): Promise<Ingredients> {
  const concepts = readConcepts();
  if (drawHeldOut(concepts).join() !== readHeldOut().join())
    throw new Error('Cannot train: held-out.json is not what its seed draws from emojibase; restore it');
  const sets = [];
  for (const style of styles) {
    if (style.use !== 'training') continue;
    sets.push({ ...(await readDrawings(style, concepts, every)), isLine: style.isLine ?? false });
  }
  const vocabulary = trainBpe(captionCorpus(concepts), recipe.model.vocabularySize);
  return { recipe, concepts, vocabulary, pool: buildPool(concepts, sets, recipe.sampling.styleWeights) };
}
