import * as tf from '@tensorflow/tfjs';
import type { BackendName } from '../../src/backend.ts';
import { type Case, toTensor } from './case.ts';
import { expectationOf } from './expect.ts';
import type { Plain } from './plain.ts';

/** How far a case was off at most, and what is wrong with it: nothing, where the backend agrees. */
export type Result = { name: string; error: number; faults: string[] };

const tolerance = 2e-5;

/** Computes a case on the backend in use, its value and its gradients, and compares. Leaves no tensor behind. */
export async function runCase(test: Case): Promise<Result> {
  const { inputs, value, dy, gradients } = expectationOf(test);
  const result: Result = { name: test.name, error: 0, faults: [] };
  const allowed = test.tolerance?.absolute ?? tolerance;
  const call = (tensors: readonly tf.Tensor[]) => test.run(...(tensors as never[]));
  const before = tf.memory().numTensors;

  await attempt(result, 'value', [value], allowed, () => [call(inputs.map(toTensor))]);

  const traced = test.inputs.flatMap((input, index) => (input.traced ? [index] : []));
  const missing = test.noGradient?.[tf.getBackend() as BackendName];
  const gradientsOf = (indices: readonly number[]) => () => {
    const tensors = inputs.map(toTensor);
    const vary = (...varied: tf.Tensor[]) => {
      const all = tensors.map((tensor, index) =>
        indices.includes(index) ? (varied[indices.indexOf(index)] as tf.Tensor) : tensor,
      );
      return call(all);
    };
    return tf.grads(vary)(
      indices.map((index) => tensors[index] as tf.Tensor),
      toTensor(dy),
    );
  };
  const present = traced.filter((index) => !missing?.inputs.includes(index));
  if (present.length > 0) {
    const expected = present.map((index) => gradients[traced.indexOf(index)] as Plain);
    await attempt(result, 'gradient', expected, allowed, gradientsOf(present));
  }
  if (missing) {
    const said = errorOf(() => tf.tidy(gradientsOf(missing.inputs)));
    if (!missing.error.test(said))
      result.faults.push(`gradient: expected ${missing.error} but got: ${said || 'no error'}`);
  }

  const left = tf.memory().numTensors - before;
  const threw = missing || result.faults.some((fault) => fault.includes('throws')); // then tfjs keeps what the tape had saved
  if (left !== 0 && !threw) result.faults.push(`leaves ${left} tensors behind`);
  return result;
}

async function attempt(
  result: Result,
  what: string,
  expected: readonly Plain[],
  allowed: number,
  compute: () => tf.Tensor[],
): Promise<void> {
  let actual: tf.Tensor[];
  try {
    actual = tf.tidy(compute);
  } catch (error) {
    result.faults.push(`${what}: throws ${(error as Error).message}`);
    return;
  }
  for (const [index, tensor] of actual.entries()) {
    const part = expected.length > 1 ? `${what} ${index}` : what;
    try {
      compare(result, part, tensor, await tensor.data(), expected[index] as Plain, allowed);
    } catch (error) {
      result.faults.push(`${part}: throws ${(error as Error).message}`);
    }
  }
  tf.dispose(actual);
}

function compare(
  result: Result,
  part: string,
  tensor: tf.Tensor,
  values: ArrayLike<number>,
  expected: Plain,
  allowed: number,
): void {
  const got = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
  const wanted = `${expected.dtype} [${expected.shape.join(', ')}]`;
  if (got !== wanted) result.faults.push(`${part}: expected ${wanted} but got ${got}`);
  let worst = 0;
  let where = 0;
  for (const [i, value] of expected.values.entries()) {
    const difference = value === values[i] ? 0 : Math.abs((values[i] as number) - value); // infinities are equal
    if (difference <= worst) continue;
    worst = difference; // NaN too
    where = i;
    if (Number.isNaN(difference)) break;
  }
  if (!(worst <= result.error)) result.error = worst;
  if (worst <= allowed) return;
  result.faults.push(`${part}: differs by ${worst} at ${where}: ${values[where]} for ${expected.values[where]}`);
}

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

const forwarding: Partial<Record<BackendName, string>> = { webgpu: 'WEBGPU_CPU_FORWARD', webgl: 'WEBGL_CPU_FORWARD' };

/**
 * tfjs's GPU backends hand small tensors to its cpu backend, which would leave nothing to compare. Off while cases run.
 * @returns what restores it
 */
export function keepOnDevice(backend: BackendName): () => void {
  const flag = forwarding[backend];
  if (!flag) return () => {};
  const before = tf.env().getBool(flag);
  tf.env().set(flag, false);
  return () => tf.env().set(flag, before);
}
