import * as tf from '@tensorflow/tfjs';
import { type AdamWFactors, adamWStep } from './adamw-step.ts';

export type AdamWOptions = {
  /** What every step takes from a weight, as a share of it, times the learning rate. */
  weightDecay?: number;
  /** How slowly the two moments forget. */
  betas?: readonly [first: number, second: number];
  /** Added to the root of the second moment. */
  eps?: number;
};

/** Running means of the gradient and of its square. */
type Moments = { first: tf.Tensor; second: tf.Tensor };

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2; PyTorch's `AdamW`). As in CLIP, section 2.5,
 * and open_clip, tensors with one axis or none do not decay: gains, biases, the class embedding, the log temperature.
 * It owns its moments until `dispose()`.
 */
export class AdamW {
  readonly weightDecay: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  /** Steps done. */
  steps = 0;
  readonly #moments = new Map<string, Moments>();

  /** The defaults are those of CLIP for Vision Transformers (section 2.5); ResNets had betas 0.9, 0.999 and eps 1e-8. */
  constructor({ weightDecay = 0.2, betas = [0.9, 0.98], eps = 1e-6 }: AdamWOptions = {}) {
    const isBeta = (beta: number) => beta >= 0 && beta < 1;
    if (!betas.every(isBeta)) throw new RangeError(`Cannot optimise: expected betas in [0, 1) but got ${betas}`);
    if (!(weightDecay >= 0 && eps >= 0))
      throw new RangeError(`Cannot optimise: expected weightDecay and eps from 0 but got ${weightDecay}, ${eps}`);
    this.weightDecay = weightDecay;
    this.betas = betas;
    this.eps = eps;
  }

  /**
   * One step for each parameter that has a gradient.
   * @param gradients of the parameters' shapes, by their names; the caller's to dispose
   * @param learningRate of all parameters, or by name
   * @param replace takes a parameter's new value, which is the callee's to dispose; called for one after the other, so that
   *   only one parameter is in memory twice
   * @param gradientScale what the gradients are multiplied by first: the coefficient of clipping
   */
  step(
    parameters: ReadonlyMap<string, tf.Tensor>,
    gradients: ReadonlyMap<string, tf.Tensor>,
    learningRate: number | ((name: string) => number),
    replace: (name: string, value: tf.Tensor) => void,
    gradientScale = 1,
  ): void {
    this.steps++;
    for (const [name, gradient] of gradients) {
      const parameter = parameters.get(name);
      if (!parameter) throw new RangeError(`Cannot optimise: there is a gradient of '${name}' but no such parameter`);
      const rate = typeof learningRate === 'number' ? learningRate : learningRate(name);
      const factors = this.#factors(rate, gradientScale, parameter.rank > 1);
      const before = this.#moments.get(name) ?? zeros(parameter);
      const { parameter: value, first, second } = adamWStep(factors, { parameter, ...before }, gradient);
      tf.dispose([before.first, before.second]);
      this.#moments.set(name, { first: tf.keep(first), second: tf.keep(second) });
      replace(name, value);
    }
  }

  /** The moments began at 0 and are too small at first; that is corrected in numbers, which spares passes over memory. */
  #factors(learningRate: number, gradientScale: number, decays: boolean): AdamWFactors {
    const [beta1, beta2] = this.betas;
    const correction1 = 1 - beta1 ** this.steps;
    const correction2 = Math.sqrt(1 - beta2 ** this.steps);
    return {
      kept: decays ? 1 - this.weightDecay * learningRate : 1,
      firstKept: beta1,
      gradientShare: (1 - beta1) * gradientScale,
      secondKept: beta2,
      squareShare: (1 - beta2) * gradientScale ** 2,
      rate: (learningRate * correction2) / correction1,
      eps: this.eps * correction2,
    };
  }

  /** The moments as they are, by `first.NAME` and `second.NAME`: the optimiser's tensors, not copies. */
  *tensors(): Generator<[string, tf.Tensor]> {
    for (const [name, { first, second }] of this.#moments) {
      yield [`first.${name}`, first];
      yield [`second.${name}`, second];
    }
  }

  /** Goes on where another optimiser stopped. @param tensors as `tensors()` gave them; they belong to this optimiser now */
  restore(steps: number, tensors: ReadonlyMap<string, tf.Tensor>): void {
    this.dispose();
    this.steps = steps;
    for (const [path, first] of tensors) {
      if (!path.startsWith('first.')) continue;
      const name = path.slice('first.'.length);
      const second = tensors.get(`second.${name}`);
      if (!second) throw new RangeError(`Cannot restore the optimiser: 'second.${name}' is missing`);
      this.#moments.set(name, { first: tf.keep(first), second: tf.keep(second) });
    }
  }

  dispose(): void {
    for (const { first, second } of this.#moments.values()) tf.dispose([first, second]);
    this.#moments.clear();
  }
}

function zeros(parameter: tf.Tensor): Moments {
  return { first: tf.zerosLike(parameter), second: tf.zerosLike(parameter) };
}
