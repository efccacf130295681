import assert from 'node:assert/strict';
import type { Classifier } from '../../src/classify/classifier.ts';
import { rank } from '../../src/classify/classify.ts';
import { type IndependentLabel, judge } from '../../src/classify/independent.ts';
import { rejectionScore, rejectionScores } from '../../src/classify/rejection.ts';

const near = (actual: number | undefined, expected: number) =>
  assert.ok(Math.abs((actual as number) - expected) < 1e-6, `${actual} is not ${expected}`);

describe('rejection scores', () => {
  // logits whose probabilities are 0.2, 0.5, 0.3
  const cosines = [0.2, 0.5, 0.3].map((probability) => Math.log(probability) / 4 + 0.6);

  it('are what the definitions say', () => {
    near(rejectionScore('mcm', cosines, 4), 0.5);
    near(rejectionScore('maxCosine', cosines, 4), Math.log(0.5) / 4 + 0.6);
    near(rejectionScore('margin', cosines, 4), 0.2);
    near(rejectionScore('entropy', cosines, 4), 0.2 * Math.log(0.2) + 0.5 * Math.log(0.5) + 0.3 * Math.log(0.3));
  });

  it('know the extremes: all classes alike, one that is all there is, scales without end', () => {
    near(rejectionScore('mcm', [0.3, 0.3, 0.3, 0.3], 100), 0.25);
    near(rejectionScore('margin', [0.3, 0.3, 0.3, 0.3], 100), 0);
    near(rejectionScore('entropy', [0.3, 0.3, 0.3, 0.3], 100), -Math.log(4));
    for (const scale of [1e4, 1e6]) {
      near(rejectionScore('mcm', [0.1, 0.9, -1], scale), 1);
      near(rejectionScore('margin', [0.1, 0.9, -1], scale), 1);
      near(rejectionScore('entropy', [0.1, 0.9, -1], scale), 0);
    }
  });

  it('rise with the surest class', () => {
    for (const score of rejectionScores)
      assert.ok(rejectionScore(score, [0.4, 0.1, 0.1], 20) > rejectionScore(score, [0.3, 0.1, 0.1], 20), score);
  });

  it('refuse to compare one class with itself', () => {
    near(rejectionScore('maxCosine', [0.3], 4), 0.3);
    for (const score of ['mcm', 'margin', 'entropy'] as const)
      assert.throws(
        () => rejectionScore(score, [0.3], 4),
        /expected two classes or more.* but got 1; take 'maxCosine'/,
      );
    assert.throws(() => rejectionScore('maxCosine', [], 4), /expected a class but got 0/);
  });
});

/** A unit vector in the plane, at so many degrees. */
const at = (degrees: number) =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
const cosine = (degrees: number) => Math.cos((degrees * Math.PI) / 180);

describe('a classifier that may say "I don\'t know"', () => {
  const plain: Classifier = { classNames: ['east', 'north'], templates: ['{}'], weights: [at(0), at(90)] };

  it('always answers unless told otherwise', () => {
    const { best, ranked, decision } = rank(at(200), plain, 10);
    assert.equal(best?.label, 'north');
    assert.equal(ranked.length, 2);
    assert.equal(decision, undefined);
  });

  it('uses the fitted score, threshold and temperature', () => {
    const rejection = { score: 'margin', threshold: 0.5, logitScale: 4 } as const;
    const sure = rank(at(10), { ...plain, rejection }, 10);
    assert.equal(sure.best?.label, 'east');
    const odds = Math.exp(4 * (cosine(10) - cosine(80)));
    near(sure.best?.probability, odds / (1 + odds));
    assert.equal(sure.decision?.score, 'margin');
    near(sure.decision?.value, (odds - 1) / (odds + 1));
    assert.equal(sure.decision?.threshold, 0.5);
    const unsure = rank(at(40), { ...plain, rejection }, 10);
    assert.equal(unsure.best, undefined);
    assert.equal(unsure.ranked[0]?.label, 'east');
  });

  it('answers at the threshold itself', () => {
    const value = rank(at(10), { ...plain, rejection: { score: 'margin', threshold: 0, logitScale: 4 } }, 10).decision
      ?.value as number;
    const with_ = (threshold: number) =>
      rank(at(10), { ...plain, rejection: { score: 'margin', threshold, logitScale: 4 } }, 10).best;
    assert.equal(with_(value)?.label, 'east');
    assert.equal(with_(value * (1 + 1e-15)), undefined);
  });

  it('lets an explicit threshold on the cosine go first', () => {
    const strict = { ...plain, rejection: { score: 'margin', threshold: 2, logitScale: 4 } as const };
    assert.equal(rank(at(10), strict, 10).best, undefined);
    const { best, decision } = rank(at(10), strict, 10, 0.5);
    assert.equal(best?.label, 'east');
    assert.equal(decision?.score, 'maxCosine');
    near(decision?.value, cosine(10));
    assert.equal(rank(at(10), strict, 10, 0.99).best, undefined);
    assert.equal(rank(at(200), strict, 10, -1).best?.label, 'north');
  });

  it('rejects what is nearer to a neutral prompt than to every class', () => {
    const background = { prompts: ['noise', 'a texture'], weights: [at(180), at(270)] };
    const careful: Classifier = { ...plain, background };
    const known = rank(at(10), careful, 10);
    assert.equal(known.best?.label, 'east');
    assert.equal(known.decision?.score, 'background');
    near(known.decision?.value, cosine(10) - cosine(100));
    const nothing = rank(at(260), careful, 10);
    assert.equal(nothing.best, undefined);
    near(nothing.decision?.value, cosine(100) - cosine(10));
    assert.deepEqual(
      nothing.ranked.map(({ label }) => label),
      ['east', 'north'],
    );
    assert.equal(rank(at(260), careful, 10, -1).best, undefined, 'a threshold does not bring it back');
    assert.equal(rank(at(10), careful, 10, 0.99).decision?.score, 'maxCosine');
  });
});

describe('labels that are questions of their own', () => {
  const classifier: Classifier = {
    classNames: ['east', 'north', 'west'],
    templates: ['{}'],
    weights: [at(0), at(90), at(180)],
    background: { prompts: ['noise', 'a texture'], weights: [at(270), at(300)] },
  };
  const truths = (labels: IndependentLabel[]) => labels.filter(({ isTrue }) => isTrue).map(({ label }) => label);

  it('may be several, or none', () => {
    const both = judge(at(45), classifier, 10);
    assert.deepEqual(truths(both), ['east', 'north']);
    const [east] = both;
    near(east?.similarity, cosine(45));
    near(east?.score, 1 / (1 + Math.exp(10 * (cosine(105) - cosine(45))))); // 300 degrees are nearer than 270
    assert.deepEqual(truths(judge(at(285), classifier, 10)), []);
  });

  it('take a threshold each where they were calibrated', () => {
    const scores = judge(at(45), classifier, 10).map(({ score }) => score);
    const thresholds = [scores[0] as number, (scores[1] as number) + 1e-9, 0];
    assert.deepEqual(truths(judge(at(45), { ...classifier, independence: { thresholds } }, 10)), ['east', 'west']);
  });

  it('need a background', () => {
    const { background: _, ...bare } = classifier;
    assert.throws(() => judge(at(45), bare, 10), /build it with { background: true }/);
  });
});
