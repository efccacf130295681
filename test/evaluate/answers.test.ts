import assert from 'node:assert/strict';
import type { Classifier } from '../../src/classify/classifier.ts';
import { answerFigures } from '../../src/evaluate/answers.ts';

const unit = (angle: number) => Float32Array.from([Math.cos(angle), Math.sin(angle)]);
const classifier: Classifier = {
  classNames: ['right', 'up'],
  templates: ['{}'],
  weights: [unit(0), unit(Math.PI / 2)],
};

describe('answerFigures()', () => {
  // Cosines with their nearer class: 1, 0.98, 0.83, 0.76.
  const embeddings = [unit(0), unit(Math.PI / 2 - 0.2), unit(0.6), unit(0.7)];
  const pictures = { embeddings, labels: [0, 0, 0, 1] };

  it('answers all pictures where nothing is against it', () => {
    const { coverage, risk, rightButSilent } = answerFigures(pictures, classifier, 100);
    assert.deepEqual([coverage.count, coverage.of, risk.count, risk.of], [4, 4, 2, 4]);
    assert.deepEqual([rightButSilent.count, rightButSilent.of], [0, 0]);
  });

  it('counts what the threshold keeps silent about', () => {
    const rejection = { score: 'maxCosine', threshold: 0.9, logitScale: 5 } as const;
    const { coverage, risk, rightButSilent } = answerFigures(pictures, { ...classifier, rejection }, 100);
    assert.deepEqual([coverage.value, risk.value, rightButSilent.value], [2 / 4, 1 / 2, 1 / 2]);
  });

  it('takes the temperature of the classifier, and its neutral prompts', () => {
    // At scale 5 the third picture has a probability of 1 / (1 + e^(5 (0.565 - 0.825))) = 0.79, at 100 of 1.
    const rejection = { score: 'mcm', threshold: 0.9, logitScale: 5 } as const;
    assert.equal(answerFigures(pictures, { ...classifier, rejection }, 100).coverage.count, 2);
    const sharper = { ...rejection, logitScale: 100 };
    assert.equal(answerFigures(pictures, { ...classifier, rejection: sharper }, 1).coverage.count, 4);
    const background = { prompts: ['noise'], weights: [unit(0.65)] };
    assert.equal(answerFigures(pictures, { ...classifier, background }, 100).coverage.count, 2);
  });
});
