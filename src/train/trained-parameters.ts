import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import { ModelError } from '../errors.ts';
import { isStatistic } from '../parameters.ts';

/** Towers whose unit vectors are given, so that no gradient reaches them; they need not be loaded. */
export type FixedTowers = { image: boolean; text: boolean };

/**
 * The parameters that training changes, by name: those that `trainable` allows. The statistics of batch norms are never
 * among them: they stay as they are, and the norms compute as in evaluation.
 * @throws ModelError where the model lacks a tower, nothing is left to train, or the backend cannot differentiate it
 */
export function trainedParameters(
  clip: Clip,
  trainable: (name: string) => boolean = () => true,
  fixed: FixedTowers = { image: false, text: false },
): Map<string, tf.Tensor> {
  if (clip.isDisposed) throw new ModelError('Cannot train: the model was disposed; load it again');
  const { visual, text } = clip.weights;
  if (!(visual || fixed.image) || !(text || fixed.text) || !clip.parameters.has('logitScale'))
    throw new ModelError(
      "Cannot train: expected a model of both towers and a temperature; load it with towers: 'both'",
    );
  const trained = new Map([...clip.parameters].filter(([name]) => !isStatistic(name) && trainable(name)));
  if (trained.size === 0)
    throw new ModelError(
      "Cannot train: 'trainable' allows none of the parameters; parameterShapes() lists their names",
    );
  const prefixes = [...(fixed.image ? ['visual.'] : []), ...(fixed.text ? ['text.'] : [])];
  const unreached = [...trained.keys()].find((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  if (unreached !== undefined)
    throw new ModelError(
      `Cannot train '${unreached}': the batch has its tower's unit vectors, so no gradient reaches it; leave the tower out by 'trainable', or give its input`,
    );
  const backend = tf.getBackend();
  const convolution = visual?.kind !== 'modified-resnet' ? undefined : [...trained].find(([, { rank }]) => rank === 4);
  if (convolution && !tf.getKernel('Conv2DBackpropFilter', backend))
    throw new ModelError(
      `Cannot train '${convolution[0]}': backend '${backend}' has no gradient of a convolution by its kernel; use 'tensorflow', 'webgpu', 'webgl' or 'cpu', or leave the kernels of 'visual.stem' and 'visual.stages' out by 'trainable'`,
    );
  return trained;
}
