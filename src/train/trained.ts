import type * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import type { Project } from './backward.ts';
import { trainedParameters } from './trained-parameters.ts';

/** What a run trains: tensors, and how they act on the model. */
export type Trained = {
  /** Names of the tensors that the optimiser changes. */
  readonly names: readonly string[];
  /** The tensors by name, as they are now; there may be others. */
  readonly parameters: ReadonlyMap<string, tf.Tensor>;
  /** The model's parameters that change with them: what gets a gradient. */
  readonly changes: readonly string[];
  /** The gradients of the tensors, from a gradient by one of `changes`; undefined where the two are the same. */
  readonly project?: Project | undefined;
  /** Puts a new value in a tensor's place, disposes the old one and takes possession of the new. */
  replace: (name: string, value: tf.Tensor) => void;
  /** Brings the model up to date, after all were replaced. */
  apply: () => void;
};

/** The model's own parameters, those that `trainable` allows. @throws ModelError as `trainedParameters` does */
export function ownParameters(clip: Clip, trainable?: (name: string) => boolean): Trained {
  const names = [...trainedParameters(clip, trainable).keys()];
  return {
    names,
    parameters: clip.parameters,
    changes: names,
    replace: (name, value) => clip.replace(name, value),
    apply: () => {},
  };
}
