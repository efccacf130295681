import assert from 'node:assert/strict';
import { explainPrompts, type PromptReport } from '../../src/classify/explain-prompts.ts';
import { at, planeEnsemble } from './ensembles.ts';

const cos = (degrees: number) => Math.cos((degrees * Math.PI) / 180);
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `expected ${expected} but got ${actual}`);
const sumOfParts = ({ votes, descriptions }: PromptReport) =>
  votes.reduce((sum, { contribution }) => sum + contribution, descriptions);

describe('explainPrompts', () => {
  // Class 0 is seen by the templates at 10°, 20° and 80°, class 1 at 50°, 60° and 40°: as a mean of three unit vectors.
  const ensemble = planeEnsemble([
    [10, 50],
    [20, 60],
    [80, 40],
  ]);

  it('says what each template answers alone, and how many agree', () => {
    const report = explainPrompts(at(15), ensemble, 10);
    assert.equal(report.label, 'class 0');
    assert.equal(report.second, 'class 1');
    assert.deepEqual(
      report.votes.map(({ label }) => label),
      ['class 0', 'class 0', 'class 1'],
    );
    near(report.agreement, 2 / 3);
    const [first, , third] = report.votes;
    near(first?.similarity ?? 0, cos(5));
    near(first?.margin ?? 0, cos(5) - cos(35));
    near(first?.probability ?? 0, 1 / (1 + Math.exp(-10 * (cos(5) - cos(35)))));
    near(third?.margin ?? 0, cos(25) - cos(65));
  });

  it('takes the lead apart into what the templates and descriptions bring', () => {
    for (const descriptions of [[], [30, undefined], [0, 90]]) {
      const report = explainPrompts(at(15), planeEnsemble([[10, 50], [20, 60], [80, 40]], descriptions), 10); // biome-ignore format: as a matrix
      near(sumOfParts(report), report.lead);
      assert.equal(report.descriptions === 0, descriptions.length === 0);
    }
    // by hand: |sum of 10°, 20°, 80°|² = 3 + 2 (cos 10 + cos 70 + cos 60), and so on
    const lengths = [
      Math.sqrt(3 + 2 * (cos(10) + cos(70) + cos(60))),
      Math.sqrt(3 + 2 * (cos(10) + cos(10) + cos(20))),
    ] as const;
    const report = explainPrompts(at(15), ensemble, 10);
    near(report.votes[0]?.contribution ?? 0, cos(5) / lengths[0] - cos(35) / lengths[1]);
    near(report.votes[2]?.contribution ?? 0, cos(65) / lengths[0] - cos(25) / lengths[1]);
    assert.ok((report.votes[2]?.contribution ?? 0) < 0);
  });

  it('says what the others answer without a template', () => {
    const votes = (angles: number[][], descriptions?: (number | undefined)[]) =>
      explainPrompts(at(0), planeEnsemble(angles, descriptions), 10).votes.map(({ labelWithout }) => labelWithout);
    // The first template alone is for class 0; without it, the second says class 1.
    assert.deepEqual(votes([[0, 60], [31, -30]]), ['class 1', 'class 0']); // biome-ignore format: as a matrix
    assert.deepEqual(votes([[0, 60]]), [undefined]);
    assert.deepEqual(votes([[0, 60]], [undefined, 5]), [undefined]);
    assert.deepEqual(votes([[0, 60]], [50, 5]), ['class 1']);
  });

  it('refuses a single class', () => {
    assert.throws(() => explainPrompts(at(0), planeEnsemble([[0]]), 10), /expected at least two classes but got 1/);
  });
});
