import { readFileSync } from 'node:fs';
import { argmax, meanPerClassRecall, topKAccuracy } from '../../src/evaluate/accuracy.ts';
import { expectedCalibrationError, probabilitiesOf } from '../../src/evaluate/calibration.ts';
import { auroc } from '../../src/evaluate/detection.ts';
import { retrievalMeasures } from '../../src/evaluate/retrieval.ts';
import { assertClose } from '../assert-close.ts';

type Golden = {
  logits: number[][];
  labels: number[];
  top1: number;
  top5: number;
  mean_per_class_recall: number;
  ece_15_bins: number;
  in_scores: number[];
  out_scores: number[];
  auroc: number;
  similarity: number[][];
  image_to_text_recall: Record<'1' | '5' | '10', number>;
  text_to_image_recall: Record<'1' | '5' | '10', number>;
};

describe('measures beside recorded ones', () => {
  const golden = JSON.parse(readFileSync('test/goldens/metrics/metrics.json', 'utf8')) as Golden;
  const { logits, labels, similarity } = golden;
  const predicted = logits.map(argmax);
  const close = (what: string, actual: number, expected: number) => assertClose(what, [actual], [expected], 1e-9);

  it('gives top-1, top-5 and mean per-class recall', () => {
    close('top-1', topKAccuracy(logits, labels, 1), golden.top1);
    close('top-5', topKAccuracy(logits, labels, 5), golden.top5);
    close('recall', meanPerClassRecall(predicted, labels), golden.mean_per_class_recall);
  });

  it('gives the calibration error', () => {
    const confidences = logits.map((row) => Math.max(...probabilitiesOf(row, 1)));
    const isCorrect = predicted.map((guess, sample) => guess === labels[sample]);
    close('ECE', expectedCalibrationError(confidences, isCorrect, 15), golden.ece_15_bins);
  });

  it('gives the area under the ROC curve', () => {
    close('AUROC', auroc(golden.in_scores, golden.out_scores), golden.auroc);
  });

  it('gives recall of both directions', () => {
    const turned = similarity.map((_, text) => similarity.map((row) => row[text] as number));
    for (const [matrix, expected] of [
      [similarity, golden.image_to_text_recall],
      [turned, golden.text_to_image_recall],
    ] as const) {
      const measures = retrievalMeasures(matrix, (row, column) => row === column);
      for (const k of [1, 5, 10] as const) close(`recall@${k}`, measures[`recall@${k}`], expected[k]);
    }
  });
});
