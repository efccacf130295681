import * as tf from '@tensorflow/tfjs';
import { normalNumbers } from '../../random.ts';
import type { Check } from './check.ts';

/** How far a value or gradient of size 1 may be off: the project's promise for float32. */
export const tolerance = 1e-4;

export type CheckResult = {
  name: string;
  /** How many numbers were compared. */
  compared: number;
  /** The largest absolute difference; undefined where the computation threw. */
  error?: number;
  /** Why it threw. */
  fault?: string;
};

/** Entries of each input whose gradient is compared; the plain one costs two evaluations each. */
const sampled = 16;

/** The step of the central difference, whose own error is then about 1e-8. */
const step = 1e-4;

/** Computes on the backend in use and in plain JavaScript, and compares. Leaves no tensor behind, but where a gradient throws, tfjs does. */
export async function runCheck(check: Check): Promise<CheckResult> {
  const normal = normalNumbers(7);
  const inputs = check.inputs.map(({ shape, std }) =>
    Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => Math.fround(std * normal())),
  );
  const expected = check.plain(inputs);
  const weights = expected.map(() => Math.fround(normal())); // the gradient that comes in from above
  let compared = 0;
  let error = 0;
  const compare = (actual: number | undefined, wanted: number) => {
    const difference = Math.abs((actual ?? Number.NaN) - wanted);
    if (!(difference <= error)) error = difference; // NaN too
    compared++;
  };
  try {
    if (check.compares !== 'gradients') {
      const values = await readAway(tf.tidy(() => check.tensor(toTensors(check, inputs))));
      if (values.length !== expected.length) throw new Error(`${values.length} values, not ${expected.length}`);
      for (const [index, wanted] of expected.entries()) compare(values[index], wanted);
    }
    if (check.compares !== 'values') {
      const gradients = tf.tidy(() => {
        const dy = (shape: number[]) => tf.tensor(weights, shape);
        const tensors = toTensors(check, inputs);
        const { shape } = check.tensor(tensors);
        return tf.grads((...xs) => check.tensor(xs))(tensors, dy(shape));
      });
      for (const [input, gradient] of gradients.entries()) {
        const values = await readAway(gradient);
        const stride = Math.ceil(values.length / sampled);
        for (let entry = 0; entry < values.length; entry += stride)
          compare(values[entry], slope(check, inputs, weights, input, entry));
      }
    }
    return { name: check.name, compared, error };
  } catch (fault) {
    return { name: check.name, compared, fault: (fault as Error).message };
  }
}

function toTensors(check: Check, inputs: number[][]): tf.Tensor[] {
  return inputs.map((values, index) => tf.tensor(values, [...(check.inputs[index]?.shape ?? [])], 'float32'));
}

async function readAway(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  tensor.dispose();
  return values;
}

/** The derivative of the weighted sum of the outputs by one entry of one input. */
function slope(check: Check, inputs: number[][], weights: number[], input: number, entry: number): number {
  const weighted = (change: number) => {
    const changed = inputs.map((values, index) =>
      index === input ? values.with(entry, (values[entry] as number) + change) : values,
    );
    return check.plain(changed).reduce((total, value, index) => total + value * (weights[index] as number), 0);
  };
  return (weighted(step) - weighted(-step)) / (2 * step);
}
