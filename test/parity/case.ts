import * as tf from '@tensorflow/tfjs';
import type { BackendName } from '../../src/backend.ts';
import { normalNumbers } from '../../src/random.ts';
import { type Plain, plain } from './plain.ts';

/** An argument of an operator: drawn from a seed, or given. Gradients are taken with respect to the traced ones. */
export type Input = { draw: (normal: () => number) => Plain; traced: boolean };

/** An operator as CLIP uses it, computed by tfjs and a second time by plain TypeScript in float64. */
export type Case = {
  name: string;
  /** Where CLIP needs it. */
  use: string;
  inputs: readonly Input[];
  run: (...inputs: never[]) => tf.Tensor;
  expected: (...inputs: Plain[]) => Plain;
  /** The gradients of the traced inputs where they are not measured by central differences of `expected`: for large inputs. */
  gradients?: (dy: Plain, ...inputs: Plain[]) => Plain[];
  /** Greatest absolute difference where it is not 2e-5, with the reason. */
  tolerance?: { absolute: number; because: string };
  /** What a backend cannot differentiate: by which inputs, and the error that says so. */
  noGradient?: Partial<Record<BackendName, { inputs: readonly number[]; error: RegExp }>>;
};

/** Normal numbers that float32 holds exactly. */
export function normal(shape: readonly number[], std = 1): Input {
  return { draw: (next) => plain(shape, () => Math.fround(std * next())), traced: true };
}

/** Numbers from 0.5 up, for logarithms, roots and divisors. */
export function positive(shape: readonly number[]): Input {
  return { draw: (next) => plain(shape, () => Math.fround(0.5 + Math.abs(next()))), traced: true };
}

/** Given numbers, traced where they are floats. */
export function given(shape: readonly number[], values: readonly number[], dtype: Plain['dtype'] = 'float32'): Input {
  const fixed: Plain = { shape, values: Float64Array.from(values, Math.fround), dtype };
  return { draw: () => fixed, traced: dtype === 'float32' };
}

/** The same, outside the gradient. */
export function untraced(input: Input): Input {
  return { ...input, traced: false };
}

/** The arguments of a case and one more draw for its gradient, the same in every run. */
export function drawInputs({ name, inputs }: Case): { inputs: Plain[]; normal: () => number } {
  const next = normalNumbers([...name].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) | 0, 7));
  return { inputs: inputs.map(({ draw }) => draw(next)), normal: next };
}

export function toTensor({ shape, values, dtype }: Plain): tf.Tensor {
  return tf.tensor(dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values), [...shape], dtype);
}
