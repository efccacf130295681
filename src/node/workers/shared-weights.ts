import * as tf from '@tensorflow/tfjs';
import { Clip } from '../../clip.ts';
import type { ClipConfig } from '../../config.ts';
import { ModelError } from '../../errors.ts';
import { parameterShapes } from '../../parameters.ts';

/**
 * A model's image tower as it was at one moment, in memory that threads share. Taken from the tensors, not from a file: what
 * was trained since it was loaded is in it.
 */
export type SharedWeights = { config: ClipConfig; tensors: ReadonlyMap<string, SharedTensor> };

type SharedTensor = { shape: readonly number[]; values: Float32Array };

/** Copies the image tower's tensors. Leaves no tensor behind. @throws ModelError where the tower is not loaded */
export async function shareImageTower({ config, weights, parameters }: Clip): Promise<SharedWeights> {
  if (!weights.visual)
    throw new ModelError("Cannot share the image tower: it is not loaded; load it with towers: 'image'");
  const tensors = new Map<string, SharedTensor>();
  for (const name of parameterShapes(config, 'image').keys()) {
    const tensor = parameters.get(name);
    if (!tensor) continue; // a file of one tower has no temperature
    const values = new Float32Array(new SharedArrayBuffer(tensor.size * Float32Array.BYTES_PER_ELEMENT));
    values.set((await tensor.data()) as Float32Array);
    tensors.set(name, { shape: tensor.shape, values });
  }
  return { config, tensors };
}

/** Bytes of the image tower's weights. */
export function imageTowerBytes({ config }: Clip): number {
  const shapes = [...parameterShapes(config, 'image').values()];
  const values = shapes.reduce((sum, shape) => sum + shape.reduce((size, extent) => size * extent, 1), 0);
  return values * Float32Array.BYTES_PER_ELEMENT;
}

/** The tower as a model of this thread, which embeds pictures and nothing else. */
export function clipFromShared({ config, tensors }: SharedWeights): Clip {
  const parameters = new Map<string, tf.Tensor>();
  for (const [name, { values, shape }] of tensors) parameters.set(name, tf.tensor(values, [...shape], 'float32'));
  const noTokenizer = () => {
    throw new ModelError('Cannot tokenize: this model has its image tower only');
  };
  return new Clip(config, 'image', parameters, noTokenizer, tensors.get('logitScale')?.values[0]);
}
