/** A child process of smoke-test.ts: computes with the TensorFlow of a directory and prints what it found. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { fusedKernels } from '../../nn/fused-kernels.ts';
import { registerFusedOperators } from '../fused-operators.ts';
import { setTensorflowDefaults, startTfjsNode } from '../tfjs-node.ts';
import type { Findings } from './smoke-test.ts';
import { places, tfjsNodeIn } from './where.ts';

setTensorflowDefaults();
const directory = process.argv[2] as string;
const { version, isUsingGpu } = startTfjsNode(tfjsNodeIn(directory));
if (!(await tf.setBackend('tensorflow')) || tf.getBackend() !== 'tensorflow') throw new Error('it did not start');

const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
const w = tf.tensor2d([1, -1, 0.5, 2, -2, 0], [3, 2]);
const product = tf.matMul(x, w); //                                                     [2, 2]
assertEqual('matMul', await product.data(), [-4, 3, -5.5, 6]);
const gradient = tf.grad((input: tf.Tensor) => tf.sum(tf.square(tf.matMul(input, w))))(x); // [2, 3]
assertEqual('gradient', await gradient.data(), [-14, 8, 16, -23, 18.5, 22]);

if (!isUsingGpu && existsSync(join(directory, places.kernels))) {
  registerFusedOperators(directory);
  const [gain, bias] = [tf.ones([3]), tf.zeros([3])];
  const normed = tf.engine().runKernel<tf.Tensor>(fusedKernels.layerNorm, { x, gain, bias }, { epsilon: 0 });
  const step = Math.sqrt(1.5); // of 1, 2, 3 scaled to a variance of 1
  assertEqual('fused layer norm', await normed.data(), [-step, 0, step, -step, 0, step]);
}
const findings: Findings = { version, gpu: isUsingGpu };
process.stdout.write(JSON.stringify(findings));

function assertEqual(what: string, actual: ArrayLike<number>, expected: readonly number[]): void {
  const isClose = expected.every((value, index) => Math.abs(value - (actual[index] as number)) <= 1e-5);
  if (!isClose) throw new Error(`${what}: expected ${expected.join(', ')} but got ${Array.from(actual).join(', ')}`);
}
