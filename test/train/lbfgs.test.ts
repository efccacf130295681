import assert from 'node:assert/strict';
import { minimise, type Objective } from '../../src/train/lbfgs.ts';
import { searchLine } from '../../src/train/line-search.ts';
import { assertClose } from '../assert-close.ts';

type Plain = (point: Float64Array) => { value: number; gradient: Float64Array };

/** A function that knows nothing of lines, as an objective. */
function objectiveOf(plain: Plain): Objective {
  const moved = (point: Float64Array, direction: Float64Array, step: number) =>
    point.map((entry, i) => entry + step * direction[i]!);
  return {
    begin: async (point) => plain(point),
    along: async (point, direction) => {
      const from = Float64Array.from(point);
      return {
        at: (step) => {
          const { value, gradient } = plain(moved(from, direction, step));
          return { value, slope: gradient.reduce((sum, entry, i) => sum + entry * direction[i]!, 0) };
        },
        take: async (step) => plain(moved(from, direction, step)).gradient,
      };
    },
  };
}

/** Rosenbrock's valley, whose minimum is 0 at (1, 1). */
const rosenbrock: Plain = ([x = 0, y = 0]) => ({
  value: (1 - x) ** 2 + 100 * (y - x ** 2) ** 2,
  gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x ** 2), 200 * (y - x ** 2)),
});

describe('minimise()', () => {
  it("finds the end of Rosenbrock's valley", async () => {
    const options = { maxIterations: 100, tolerance: 1e-9 };
    const { point, value, iterations, isConverged } = await minimise(
      objectiveOf(rosenbrock),
      Float64Array.of(-1.2, 1),
      options,
    );
    assertClose('minimum', point, [1, 1], 1e-8);
    assert.ok(isConverged && value < 1e-16 && iterations < 60, `${iterations} iterations`);
  });

  it('goes straight to the minimum of a stretched bowl in few steps', async () => {
    const scales = [1, 10, 100, 1000];
    const bowl: Plain = (point) => ({
      value: point.reduce((sum, entry, i) => sum + (scales[i]! * (entry - i) ** 2) / 2, 0),
      gradient: point.map((entry, i) => scales[i]! * (entry - i)),
    });
    const { point, iterations } = await minimise(objectiveOf(bowl), new Float64Array(4), {
      maxIterations: 100,
      tolerance: 1e-8,
    });
    assertClose('minimum', point, [0, 1, 2, 3], 1e-7);
    assert.ok(iterations < 30, `${iterations} iterations`);
  });

  it('says when it was cut short, and stops when it is told', async () => {
    const short = await minimise(objectiveOf(rosenbrock), Float64Array.of(-1.2, 1), {
      maxIterations: 3,
      tolerance: 1e-9,
    });
    assert.deepEqual([short.iterations, short.isConverged], [3, false]);
    const signal = AbortSignal.abort(new Error('enough'));
    const options = { maxIterations: 3, tolerance: 0, signal };
    await assert.rejects(minimise(objectiveOf(rosenbrock), new Float64Array(2), options), /enough/);
  });

  it('is done at once where it starts in the minimum', async () => {
    const { iterations, isConverged } = await minimise(objectiveOf(rosenbrock), Float64Array.of(1, 1), {
      maxIterations: 3,
      tolerance: 1e-9,
    });
    assert.deepEqual([iterations, isConverged], [0, true]);
  });
});

describe('searchLine()', () => {
  // Both conditions, by hand: enough of a decrease (0.001) and a slope of a ninth tenth at most.
  const functions: [name: string, value: (x: number) => number, slope: (x: number) => number][] = [
    ['a bowl far away', (x) => (x - 40) ** 2, (x) => 2 * (x - 40)],
    ['a bowl at hand', (x) => (x - 0.01) ** 2, (x) => 2 * (x - 0.01)],
    ['waves', (x) => Math.sin(5 * x + 2) + 0.1 * x ** 2, (x) => 5 * Math.cos(5 * x + 2) + 0.2 * x],
    ['a wall', (x) => Math.exp(8 * x) - 20 * x, (x) => 8 * Math.exp(8 * x) - 20],
  ];
  for (const [name, value, slope] of functions)
    it(`satisfies the strong Wolfe conditions on ${name}`, () => {
      const at = (step: number) => ({ value: value(step), slope: slope(step) });
      const step = searchLine(at, at(0), 1)!;
      assert.ok(step > 0 && value(step) <= value(0) + 1e-3 * step * slope(0), `a decrease at ${step}`);
      assert.ok(Math.abs(slope(step)) <= 0.9 * Math.abs(slope(0)), `a slope at ${step}`);
    });

  it('finds nothing where the slope lies', () =>
    assert.equal(
      searchLine((step) => ({ value: step, slope: 1 }), { value: 0, slope: -1 }, 1),
      undefined,
    ));
});
