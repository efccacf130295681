import assert from 'node:assert/strict';
import { calibrateLabels } from '../../src/evaluate/calibrate-labels.ts';
import { normalNumbers, uniformNumbers } from '../../src/random.ts';

/** Pictures with two labels; the scores of the second are all lower, so one threshold for both would not do. */
function madeUp(count: number, seed: number) {
  const [normal, uniform] = [normalNumbers(seed), uniformNumbers(seed + 1)];
  const truths = Array.from({ length: count }, () => [uniform() < 0.3, uniform() < 0.5]);
  const scores = truths.map(([first, second]) => [
    0.6 + 0.1 * normal() + (first ? 0.2 : 0),
    0.2 + 0.05 * normal() + (second ? 0.15 : 0),
  ]);
  return { truths, scores };
}

describe('calibrating labels by themselves', () => {
  it('finds a threshold for each', () => {
    const pictures = madeUp(1000, 1);
    const figures = calibrateLabels(pictures, { wanted: { falseAccepts: 0.1 }, seed: 1 });
    for (const [label, { threshold, auroc, found, falseAccepts }] of figures.entries()) {
      const lacking = pictures.scores.filter((_, at) => !pictures.truths[at]?.[label]);
      const said = lacking.filter((row) => (row[label] as number) >= threshold).length;
      assert.ok(said <= 0.1 * lacking.length && said + 1 > 0.1 * lacking.length, `${said} of ${lacking.length}`);
      assert.ok(auroc > 0.88, String(auroc));
      assert.ok(falseAccepts.low < 0.1 && 0.1 < falseAccepts.high, JSON.stringify(falseAccepts));
      assert.ok(found.value > 0.6);
      assert.ok(Math.abs(falseAccepts.of - lacking.length / 2) <= 1);
    }
    assert.ok((figures[0]?.threshold as number) > 0.6 && (figures[1]?.threshold as number) < 0.4);
  });

  it('finds what is wanted of pictures that have it', () => {
    const pictures = madeUp(1000, 2);
    const [{ threshold, found }] = calibrateLabels(pictures, { wanted: { coverage: 0.9 }, seed: 1 }) as [
      ReturnType<typeof calibrateLabels>[number],
    ];
    const having = pictures.scores.filter((_, at) => pictures.truths[at]?.[0]);
    const said = having.filter(([score]) => (score as number) >= threshold).length;
    assert.equal(said, Math.ceil(0.9 * having.length));
    assert.ok(found.low < 0.9 && 0.9 < found.high);
  });

  it('refuses labels that too few pictures have, or lack', () => {
    const scores = [[1], [2], [3], [4]];
    const options = { wanted: { coverage: 0.5 }, seed: 1 };
    const truths = (...list: boolean[]) => list.map((truth) => [truth]);
    assert.throws(
      () => calibrateLabels({ scores, truths: truths(true, false, false, false) }, options),
      /label 0: .* got 1 and 3/,
    );
    assert.throws(() => calibrateLabels({ scores, truths: truths(true, true, true, false) }, options), /got 3 and 1/);
  });
});
