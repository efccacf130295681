import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import { ModelError } from '../errors.ts';
import { isStatistic } from '../parameters.ts';

/**
 * The parameters that training changes, by name: those that `trainable` allows. The statistics of batch norms are never
 * among them: they stay as they are, and the norms compute as in evaluation.
 * @throws ModelError where the model lacks a tower, nothing is left to train, or the backend cannot differentiate it
 */
export function trainedParameters(
  clip: Clip,
  trainable: (name: string) => boolean = () => true,
): Map<string, tf.Tensor> {
  if (clip.isDisposed) throw new ModelError('Cannot train: the model was disposed; load it again');
  if (!clip.weights.visual || !clip.weights.text || !clip.parameters.has('logitScale'))
    throw new ModelError(
      "Cannot train: expected a model of both towers and a temperature; load it with towers: 'both'",
    );
  const trained = new Map([...clip.parameters].filter(([name]) => !isStatistic(name) && trainable(name)));
  if (trained.size === 0)
    throw new ModelError(
      "Cannot train: 'trainable' allows none of the parameters; parameterShapes() lists their names",
    );
  const backend = tf.getBackend();
  const convolution = clip.weights.visual.kind === 'vit' ? undefined : [...trained].find(([, { rank }]) => rank === 4);
  if (convolution && !tf.getKernel('Conv2DBackpropFilter', backend))
    throw new ModelError(
      `Cannot train '${convolution[0]}': backend '${backend}' has no gradient of a convolution by its kernel; use 'tensorflow', 'webgpu', 'webgl' or 'cpu', or leave the kernels of 'visual.stem' and 'visual.stages' out by 'trainable'`,
    );
  return trained;
}
