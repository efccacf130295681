import * as tf from '@tensorflow/tfjs';
import { Clip } from '../clip.ts';
import { ModelError } from '../errors.ts';
import { refuseUnlike } from './same-architecture.ts';

/**
 * The model between two of one architecture: every parameter, the logarithm of the temperature too, is
 * (1 - alpha) · start + alpha · tuned. Between a model and what fine-tuning made of it there is often one that has learned
 * most of the new and forgotten little of the old (WiSE-FT, Wortsman et al. 2022, equation 1).
 * @param alpha 0 gives the start and 1 the tuned model, both to the last bit; a parameter that both have alike stays so, too
 * @returns a model of its own, which the caller disposes; its tokenizer is that of `start`
 * @throws RangeError on an alpha outside [0, 1], ModelError where the models differ in more than the values of their weights
 */
export async function interpolateClips(start: Clip, tuned: Clip, alpha: number): Promise<Clip> {
  if (!(alpha >= 0 && alpha <= 1))
    throw new RangeError(
      `Cannot interpolate: expected alpha from 0, the start, to 1, the tuned model, but got ${alpha}`,
    );
  refuseUnlike(start, tuned, 'Cannot interpolate');
  const parameters = new Map<string, tf.Tensor>();
  for (const [name, from] of start.parameters) {
    const to = tuned.parameters.get(name);
    if (!to) throw new ModelError(`Cannot interpolate: the tuned model has no parameter '${name}'`);
    parameters.set(name, between(from, to, alpha));
  }
  const blend = new Clip(start.config, start.towers, parameters, () => start.tokenizer, undefined);
  if (parameters.has('logitScale')) await blend.refreshLogitScale();
  return blend;
}

/** As start + alpha · (tuned - start): the difference of near numbers is exact, and that of equal ones 0. */
function between(from: tf.Tensor, to: tf.Tensor, alpha: number): tf.Tensor {
  if (alpha === 0) return tf.keep(tf.clone(from));
  if (alpha === 1) return tf.keep(tf.clone(to));
  return tf.keep(tf.tidy(() => tf.add(from, tf.mul(tf.sub(to, from), alpha))));
}
