import assert from 'node:assert/strict';
import { warningsOf } from '../../src/cli/calibration-warnings.ts';
import { type CalibrationOptions, calibrate } from '../../src/evaluate/calibrate.ts';
import type { RejectionPictures } from '../../src/evaluate/fit-rejection.ts';
import { uniformNumbers } from '../../src/random.ts';

/** Known pictures of three classes whose own cosine is the highest but for `mistakes`; unknown ones are as near as `unknown` says. */
function madeUp(count: number, mistakes: number, unknown: number): RejectionPictures {
  const uniform = uniformNumbers(1);
  const row = (own: number, height: number) =>
    Array.from({ length: 3 }, (_, label) => (label === own ? height : 0.1) + 0.05 * uniform());
  return {
    known: Array.from({ length: count }, (_, at) => row(at % 3, 0.3)),
    labels: Array.from({ length: count }, (_, at) => (at + Number(at < mistakes)) % 3),
    unknown: Array.from({ length: count }, () => row(0, unknown)),
  };
}

function warnings(pictures: RejectionPictures, changes: Partial<CalibrationOptions> = {}): string[] {
  const options = { wanted: { falseAccepts: 0.05 }, logitScale: 100, seed: 1, score: 'maxCosine', ...changes } as const;
  return warningsOf(options.wanted, calibrate(pictures, options));
}

describe('what a calibration warns of', () => {
  it('is nothing where all is well', () => {
    assert.deepEqual(warnings(madeUp(150, 20, 0.1)), []);
  });

  it('is a temperature that cannot be fitted', () => {
    assert.match(
      warnings(madeUp(150, 0, 0.1)).join(),
      /^the known pictures are all recognised, .* the model keeps its own;/,
    );
    assert.match(warnings(madeUp(150, 150, 0.1)).join(), /^on the known pictures the model is no better than guessing/);
    const half = [1, 2, 3, 4].flatMap((seed) => warnings(madeUp(150, 1, 0.1), { seed }));
    assert.ok(half.length > 0);
    for (const text of half)
      assert.match(text, /^half of the known pictures are all recognised, .*: for the figures the model keeps its own/);
  });

  it('is a classifier that never answers, for what is known and unknown is alike', () => {
    assert.match(
      warnings(madeUp(150, 20, 0.5)).join(),
      /^no known picture gets an answer by what is kept: maxCosine does/,
    );
  });

  it('is a rate that so few pictures cannot show', () => {
    assert.match(
      warnings(madeUp(100, 20, 0.1)).join(),
      /^50 held-out pictures cannot show .* at most 5 % false accepts/,
    );
    const wanted = { coverage: 0.95 };
    assert.match(warnings(madeUp(100, 20, 0.1), { wanted }).join(), /at most 5 % known pictures without an answer/);
  });
});
