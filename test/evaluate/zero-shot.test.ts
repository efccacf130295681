import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { expectedCalibrationError, probabilitiesOf } from '../../src/evaluate/calibration.ts';
import { evaluateZeroShot } from '../../src/evaluate/zero-shot.ts';
import { assertClose } from '../assert-close.ts';

/** A class per axis, so that a picture's cosines are its own numbers. */
function classifierOf(...classNames: string[]) {
  const weights = classNames.map((_, place) => Float32Array.from(classNames, (_, axis) => Number(axis === place)));
  return { classNames, weights };
}

const rows = (...numbers: number[][]) => numbers.map((row) => Float32Array.from(row));

describe('evaluateZeroShot()', () => {
  const classifier = classifierOf('ant', 'bee', 'cow', 'dog', 'eel', 'fly');
  const embeddings = rows(
    [0.9, 0.1, 0, 0, 0, 0], // ant, taken for itself
    [0.8, 0.7, 0, 0, 0, 0], // bee, taken for ant
    [0.1, 0.6, 0.2, 0, 0, 0], // bee, taken for itself
    [0.5, 0.4, 0.3, 0.2, 0.1, 0], // fly, which comes last
  );
  const labels = [0, 1, 1, 5];

  it('counts what can be counted by hand', () => {
    const { count, classCount, metrics, classes, confusions, answers } = evaluateZeroShot(
      { embeddings, labels },
      classifier,
      10,
    );
    assert.deepEqual([count, classCount], [4, 6]);
    assert.deepEqual(metrics, { acc1: 0.5, acc5: 0.75, mean_per_class_recall: (1 + 0.5 + 0) / 3 });
    assert.deepEqual(
      classes.map(({ interval, ...rest }) => rest),
      [
        { label: 'ant', count: 1, recall: 1, precision: 1 / 3, confusedWith: null },
        { label: 'bee', count: 2, recall: 0.5, precision: 1, confusedWith: 'ant' },
        { label: 'fly', count: 1, recall: 0, precision: null, confusedWith: 'ant' },
      ],
    );
    assert.deepEqual(confusions, [
      { label: 'fly', predicted: 'ant', count: 1, share: 1 },
      { label: 'bee', predicted: 'ant', count: 1, share: 0.5 },
    ]);
    assert.deepEqual(
      answers.map(({ predicted, isCorrect }) => [predicted, isCorrect]),
      [
        [0, true],
        [0, false],
        [1, true],
        [0, false],
      ],
    );
    assertClose('similarity', [answers[1]?.similarity as number], [0.8], 1e-7);
    const odds = Math.exp(10 * (Math.fround(0.7) - Math.fround(0.8)));
    const sum = 1 + odds + 4 * Math.exp(-10 * Math.fround(0.8));
    assertClose('confidence', [answers[1]?.confidence as number], [1 / sum], 1e-12);
    assertClose('the right class', [answers[1]?.labelProbability as number], [odds / sum], 1e-12);
  });

  it('has intervals about its figures', () => {
    const { metrics, intervals } = evaluateZeroShot({ embeddings, labels }, classifier, 10);
    // Wilson 1927, 2 of 4: 1/2 ± z √(1/16 + z²/64) / (1 + z²/4) with z = 1.959964
    assertClose('acc1', [intervals.acc1.low, intervals.acc1.high], [0.150039, 0.849961], 1e-6);
    const { low, high } = intervals.mean_per_class_recall;
    assert.ok(low <= metrics.mean_per_class_recall && metrics.mean_per_class_recall <= high);
    assert.ok(high > low);
  });

  it('is as sure as the multiplier says: an overconfident one moves the calibration and nothing else', () => {
    const calm = evaluateZeroShot({ embeddings, labels }, classifier, 1);
    const sure = evaluateZeroShot({ embeddings, labels }, classifier, 1000);
    assert.deepEqual(sure.metrics, calm.metrics);
    assertClose('sure', [sure.calibration.meanConfidence, sure.calibration.ece], [1, 0.5], 1e-6);
    assert.ok(calm.calibration.meanConfidence < 0.35);
    assert.equal(sure.calibration.logitScale, 1000);
    assert.ok(sure.calibration.nll > 100 && calm.calibration.nll < 2);
  });

  it('agrees with recorded measures of 200 samples', () => {
    const golden = JSON.parse(readFileSync('test/goldens/metrics/metrics.json', 'utf8'));
    const logits = rows(...(golden.logits as number[][]));
    const names = Array.from(logits[0] as Float32Array, (_, index) => `class ${index}`);
    const { metrics, calibration, aurc, riskCoverage } = evaluateZeroShot(
      { embeddings: logits, labels: golden.labels },
      classifierOf(...names),
      1,
    );
    assertClose(
      'accuracies',
      [metrics.acc1, metrics.acc5 as number, metrics.mean_per_class_recall],
      [golden.top1, golden.top5, golden.mean_per_class_recall],
      1e-9,
    );
    const confidences = logits.map((row) => Math.max(...probabilitiesOf(row, 1)));
    const isCorrect = logits.map((row, sample) => row.indexOf(Math.max(...row)) === golden.labels[sample]);
    assertClose('ECE', [calibration.ece], [expectedCalibrationError(confidences, isCorrect)], 1e-12);
    assertClose('risk of all', [riskCoverage.at(-1)?.risk as number], [1 - golden.top1], 1e-12);
    assert.ok(aurc < 1 - golden.top1);
  });

  it('has no top five of fewer classes', () => {
    const { metrics, intervals } = evaluateZeroShot(
      { embeddings: rows([1, 0]), labels: [0] },
      classifierOf('ant', 'bee'),
      10,
    );
    assert.deepEqual([metrics.acc1, metrics.acc5, intervals.acc5], [1, null, null]);
  });

  it('refuses what does not fit together', () => {
    const evaluate = (images: Float32Array[], right: number[]) => () =>
      evaluateZeroShot({ embeddings: images, labels: right }, classifier, 10);
    assert.throws(evaluate(embeddings, [0]), /one length/);
    assert.throws(evaluate([], []), /1 or more/);
    assert.throws(evaluate(embeddings, [0, 1, 1, 6]), /expected labels from 0 to 5 but got 6/);
    assert.throws(evaluate(rows([1, 0]), [0]), /expected vectors of width 2 but got one of 6/);
    assert.throws(evaluate(rows([Number.NaN, 0, 0, 0, 0, 0]), [0]), /NaN/);
  });
});
