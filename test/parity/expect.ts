import { type Case, drawInputs } from './case.ts';
import { type Plain, plain, sum } from './plain.ts';

/** What a case must give; `gradients` has one entry per traced input. */
export type Expectation = { inputs: Plain[]; value: Plain; dy: Plain; gradients: Plain[] };

const known = new WeakMap<Case, Expectation>();

/** Computes it on first use: it is the same on every backend. */
export function expectationOf(test: Case): Expectation {
  const before = known.get(test);
  if (before) return before;
  const { inputs, normal } = drawInputs(test);
  const value = test.expected(...inputs);
  const dy = plain(value.shape, () => Math.fround(normal()));
  const traced = test.inputs.flatMap((input, index) => (input.traced ? [index] : []));
  const gradients = test.gradients
    ? test.gradients(dy, ...inputs)
    : traced.map((index) => centralDifferences(test.expected, inputs, index, dy));
  const expectation = { inputs, value, dy, gradients };
  known.set(test, expectation);
  return expectation;
}

/** d sum(dy · f) / d inputs[index]; exact to about 1e-10 in float64. */
function centralDifferences(f: Case['expected'], inputs: readonly Plain[], index: number, dy: Plain): Plain {
  const step = 1e-5;
  const input = inputs[index] as Plain;
  const shifted = (flat: number, by: number): Float64Array => {
    const values = Float64Array.from(input.values);
    (values[flat] as number) += by;
    return f(...inputs.map((other, i) => (i === index ? { ...input, values } : other))).values;
  };
  const values = input.values.map((_, flat) => {
    const [above, below] = [shifted(flat, step), shifted(flat, -step)];
    return sum(
      dy.values.length,
      (i) => ((dy.values[i] as number) * ((above[i] as number) - (below[i] as number))) / (2 * step),
    );
  });
  return { ...input, values };
}
