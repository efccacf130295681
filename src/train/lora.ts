import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import { sampleSeed, uniformNumbers } from '../random.ts';
import { type LoraAdapter, type LowRank, mergedKernel } from './low-rank.ts';
import type { Trained } from './trained.ts';
import { trainedParameters } from './trained-parameters.ts';

/** Kernels of a block: of the three projections of attention side by side, of what leaves it, of the two layers of the MLP. */
export const loraTargets = ['qkv', 'out', 'fc', 'proj'] as const;
export type LoraTarget = (typeof loraTargets)[number];

export type LoraOptions = {
  /** Columns of A and rows of B. */
  rank: number;
  /** A · B is multiplied by alpha / rank. */
  alpha: number;
  /** Which kernels of the blocks of both towers are adapted. */
  targets: readonly LoraTarget[];
  /** Which of these, by name: all, if left out. */
  trainable?: ((name: string) => boolean) | undefined;
  /** Of A's random start. */
  seed?: number;
};

/** LoRA under way. It owns its matrices, and a copy of each kernel as it was, until `dispose()`. */
export type Lora = Trained & {
  /** What was learned so far. */
  adapter: () => Promise<LoraAdapter>;
  /** Goes on from what was learned before. @throws RangeError where it has another rank, alpha or other kernels */
  load: (adapter: LoraAdapter) => void;
  /** Puts the kernels back as they were before training; what was learned stays, and `apply()` puts it in again. */
  unmerge: () => void;
  dispose: () => void;
};

/** The kernel as it was, and where its two matrices are. */
type Adapted = { base: tf.Tensor2D; a: string; b: string };

/**
 * Low-rank adaptation (Hu et al. 2021, section 4.1): of a kernel W only a product of two narrow matrices is trained,
 * W = W₀ + alpha / rank · A · B. The model always holds the sum, so everything but training knows nothing of it. B begins
 * at 0: the model begins as it is. A begins uniform within 1 / √inputs, as in Microsoft's loralib and PEFT.
 * All else, the temperature too, stays as it is.
 * @throws RangeError on a rank, alpha or targets that make no adapter, ModelError as `trainedParameters` does
 */
export function loraOf(clip: Clip, options: LoraOptions): Lora {
  const { rank, alpha, trainable = () => true, seed = 0 } = options;
  checkOptions(options);
  const isAdapted = isLoraTarget(options.targets);
  const scale = alpha / rank;
  const parameters = new Map<string, tf.Tensor>();
  const kernels = new Map<string, Adapted>();
  const chosen = trainedParameters(clip, (name) => isAdapted(name) && trainable(name));
  for (const [index, [name, kernel]] of [...chosen].entries()) {
    const [inputs, outputs] = kernel.shape as [number, number];
    if (rank > Math.min(inputs, outputs)) {
      disposeAll(parameters, kernels);
      throw new RangeError(
        `Cannot adapt '${name}' [${inputs}, ${outputs}]: expected a rank up to ${Math.min(inputs, outputs)} but got ${rank}`,
      );
    }
    const path = name.replace(/kernel$/, '');
    const adapted = { base: tf.keep(tf.clone(kernel as tf.Tensor2D)), a: `${path}loraA`, b: `${path}loraB` };
    kernels.set(name, adapted);
    parameters.set(adapted.a, tf.keep(initialA(inputs, rank, sampleSeed(seed, index))));
    parameters.set(adapted.b, tf.keep(tf.zeros([rank, outputs])));
  }
  const matrices = ({ a, b }: Adapted) => [parameters.get(a), parameters.get(b)] as [tf.Tensor2D, tf.Tensor2D];

  const project = (name: string, gradient: tf.Tensor): [string, tf.Tensor][] => {
    const adapted = kernels.get(name) as Adapted;
    const [a, b] = matrices(adapted);
    const scaled = tf.mul(gradient as tf.Tensor2D, scale); // [inputs, outputs]
    return [
      [adapted.a, tf.matMul(scaled, b, false, true)], // [inputs, rank]
      [adapted.b, tf.matMul(a, scaled, true)], // [rank, outputs]
    ];
  };
  const replace = (name: string, value: tf.Tensor) => {
    parameters.get(name)?.dispose();
    parameters.set(name, tf.keep(value));
  };
  const apply = () => {
    for (const [name, adapted] of kernels) clip.replace(name, mergedKernel(adapted.base, ...matrices(adapted), scale));
  };

  return {
    ...{ names: [...parameters.keys()], parameters, changes: [...kernels.keys()], project, replace, apply },
    adapter: async () => {
      const learned: [string, LowRank][] = [];
      for (const [name, adapted] of kernels) {
        const [a, b] = matrices(adapted);
        learned.push([name, { rank, a: await valuesOf(a), b: await valuesOf(b) }]);
      }
      return { rank, alpha, kernels: new Map(learned) };
    },
    load: (adapter) => {
      checkFits(adapter, options, kernels);
      for (const [name, { a, b }] of adapter.kernels) {
        const { base, ...names } = kernels.get(name) as Adapted;
        const [inputs, outputs] = base.shape;
        replace(names.a, tf.tensor2d(a.slice(), [inputs, rank]));
        replace(names.b, tf.tensor2d(b.slice(), [rank, outputs]));
      }
      apply();
    },
    unmerge: () => {
      for (const [name, { base }] of kernels) clip.replace(name, tf.clone(base));
    },
    dispose: () => disposeAll(parameters, kernels),
  };
}

/** Whether a parameter is one of these kernels. */
export function isLoraTarget(targets: readonly LoraTarget[]): (name: string) => boolean {
  const kernel = new RegExp(`\\.resblocks\\.\\d+\\.(attn|mlp)\\.(${targets.join('|')})\\.kernel$`);
  return (name) => kernel.test(name);
}

/** PyTorch's `kaiming_uniform_` with a = √5, which gives the bound 1 / √inputs. */
function initialA(inputs: number, rank: number, seed: number): tf.Tensor2D {
  const uniform = uniformNumbers(seed);
  const bound = inputs ** -0.5;
  return tf.tensor2d(
    Float32Array.from({ length: inputs * rank }, () => bound * (2 * uniform() - 1)),
    [inputs, rank],
  );
}

function checkOptions({ rank, alpha, targets }: LoraOptions): void {
  if (!(Number.isSafeInteger(rank) && rank > 0))
    throw new RangeError(`Cannot adapt: expected rank to be a positive integer but got ${rank}`);
  if (!(alpha > 0 && Number.isFinite(alpha)))
    throw new RangeError(`Cannot adapt: expected alpha above 0 but got ${alpha}`);
  if (targets.length === 0 || !targets.every((target) => loraTargets.includes(target)))
    throw new RangeError(`Cannot adapt: expected targets among ${loraTargets.join(', ')} but got '${targets}'`);
}

function checkFits(adapter: LoraAdapter, { rank, alpha }: LoraOptions, kernels: ReadonlyMap<string, Adapted>): void {
  const isSame =
    adapter.rank === rank &&
    adapter.alpha === alpha &&
    adapter.kernels.size === kernels.size &&
    [...adapter.kernels].every(([name, change]) => {
      const [inputs = 0, outputs = 0] = kernels.get(name)?.base.shape ?? [];
      return change.rank === rank && change.a.length === inputs * rank && change.b.length === rank * outputs;
    });
  if (!isSame)
    throw new RangeError(
      `Cannot go on from the adapter: expected rank ${rank}, alpha ${alpha} and changes of ${[...kernels.keys()].join(', ')}; use the options that it was trained with`,
    );
}

async function valuesOf(matrix: tf.Tensor2D): Promise<Float32Array> {
  return Float32Array.from(await matrix.data<'float32'>());
}

function disposeAll(parameters: Map<string, tf.Tensor>, kernels: Map<string, Adapted>): void {
  tf.dispose([...parameters.values(), ...[...kernels.values()].map(({ base }) => base)]);
}
