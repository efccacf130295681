import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';

/**
 * An exponential moving average of the weights: often better than the last ones, because the noise of single batches is
 * averaged out (Polyak and Juditsky 1992; its form here is that of Tarvainen and Valpola 2017). It owns its tensors until
 * `dispose()`.
 */
export class WeightAverage {
  readonly decay: number;
  /** The averages by the parameters' names. */
  readonly #averages = new Map<string, tf.Tensor>();

  /** @param decay how much of the average stays at each step, in [0, 1): 0.999 averages over about a thousand steps */
  constructor(decay: number) {
    if (!(decay >= 0 && decay < 1))
      throw new RangeError(`Cannot average weights: expected a decay in [0, 1) but got ${decay}`);
    this.decay = decay;
  }

  /** Takes in the values after a step; the first call's are the first average. */
  update(parameters: Iterable<readonly [string, tf.Tensor]>): void {
    for (const [name, value] of parameters) {
      const before = this.#averages.get(name);
      const after = tf.tidy(() =>
        before ? tf.add(tf.mul(before, this.decay), tf.mul(value, 1 - this.decay)) : tf.clone(value),
      );
      before?.dispose();
      this.#averages.set(name, tf.keep(after));
    }
  }

  /** Exchanges the model's weights with the averages: to evaluate or save them. A second call brings the weights back. */
  async swap(clip: Clip): Promise<void> {
    for (const [name, average] of this.#averages) {
      const value = clip.parameters.get(name);
      if (!value) throw new RangeError(`Cannot swap weights: the model has no parameter '${name}'`);
      this.#averages.set(name, tf.keep(tf.clone(value)));
      clip.replace(name, average);
    }
    if (this.#averages.has('logitScale')) await clip.refreshLogitScale();
  }

  /** The averages as they are, not copies. */
  tensors(): ReadonlyMap<string, tf.Tensor> {
    return this.#averages;
  }

  /** Goes on where another average stopped. @param tensors as `tensors()` gave them; they belong to this average now */
  restore(tensors: ReadonlyMap<string, tf.Tensor>): void {
    this.dispose();
    for (const [name, tensor] of tensors) this.#averages.set(name, tf.keep(tensor));
  }

  dispose(): void {
    for (const tensor of this.#averages.values()) tensor.dispose();
    this.#averages.clear();
  }
}
