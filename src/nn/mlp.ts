import type * as tf from '@tensorflow/tfjs';
import type { Activation } from '../config.ts';
import { activations } from './activations.ts';
import { type Linear, linear } from './linear.ts';

/** Two linear layers around a non-linearity: `fc` widens (usually fourfold), `proj` comes back. */
export type Mlp = { fc: Linear; proj: Linear; activation: Activation };

/** @param x [batch, seq, width] */
export function mlp({ fc, proj, activation }: Mlp, x: tf.Tensor3D): tf.Tensor3D {
  const hidden = activations[activation](linear(fc, x)); // [batch, seq, mlpWidth]
  return linear(proj, hidden); // [batch, seq, width]
}
