import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '../../src/node.ts';
import { fitLinearProbe, measureProbe } from '../../src/train.ts';
import { assertClose } from '../assert-close.ts';
import { goldens } from '../golden.ts';
import { runPython } from './python.ts';

type Fit = { c: number; usual: number; exact: number; weights: number[][]; biases: number[] };
type Answers = { width: number; labels: number[]; asked: number[]; fits: Fit[] };

/** Of accuracy: what may lie between two ends of one optimisation. */
const allowed = 0.002;

describe('the linear probe beside scikit-learn', () => {
  let answers: Answers;
  let features: Float32Array[];
  let test: Float32Array[];
  before(async () => {
    await useBackend();
    const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-probe-'));
    try {
      answers = JSON.parse(runPython('probe.py', 'large', directory)) as Answers;
      [features, test] = (await Promise.all(
        ['features.f32', 'test.f32'].map((name) => readRows(join(directory, name), answers.width)),
      )) as [Float32Array[], Float32Array[]];
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('is as often right to 0.2 %, for strong and weak penalties, as users of both call it', async () => {
    const classes = Array.from({ length: 20 }, (_, place) => `${place}`);
    for (const { c, usual } of answers.fits) {
      const { accuracy } = measureProbe(
        test,
        answers.asked,
        await fitLinearProbe(features, answers.labels, { classes, c }),
      );
      assert.ok(usual > 0.3 && usual < 0.99, `the case can tell: ${usual}`);
      assert.ok(Math.abs(accuracy - usual) <= allowed, `C ${c}: ${accuracy} for ${usual}`);
    }
  });

  it('has its weights when both go to the end', async () => {
    const classes = Array.from({ length: 20 }, (_, place) => `${place}`);
    for (const { c, exact, weights, biases } of answers.fits) {
      const options = { classes, c, tolerance: 1e-7, maxIterations: 10_000 };
      const fit = await fitLinearProbe(features, answers.labels, options);
      const largest = Math.max(...weights.flat().map(Math.abs));
      const scaled = (rows: readonly ArrayLike<number>[]) =>
        rows.flatMap((row) => Array.from(row, (entry) => entry / largest));
      assertClose(`weights at C ${c}`, scaled(fit.weights), scaled(weights), 1e-3);
      assertClose(`biases at C ${c}`, scaled([fit.biases]), scaled([biases]), 1e-3);
      assert.ok(Math.abs(measureProbe(test, answers.asked, fit).accuracy - exact) <= allowed);
    }
  });

  it('is what the golden values of the fast tests come from', async () => {
    const golden = JSON.parse(await readFile(join(goldens, 'probe', 'probe.json'), 'utf8'));
    const now = JSON.parse(runPython('probe.py', 'golden'));
    const numbers = (value: unknown): number[] =>
      typeof value === 'number' ? [value] : Object.values(value as object).flatMap(numbers);
    assertClose('golden values', numbers(now), numbers(golden), 1e-6);
  });
});

async function readRows(path: string, width: number): Promise<Float32Array[]> {
  const { buffer } = new Uint8Array(await readFile(path)); // copied, so that it starts at a multiple of four bytes
  const values = new Float32Array(buffer);
  return Array.from({ length: values.length / width }, (_, row) => values.subarray(row * width, (row + 1) * width));
}
