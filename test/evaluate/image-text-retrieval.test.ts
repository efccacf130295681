import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { evaluateRetrieval } from '../../src/evaluate/image-text-retrieval.ts';
import { retrievalMeasures } from '../../src/evaluate/retrieval.ts';
import { assertClose } from '../assert-close.ts';

const rows = (...numbers: number[][]) => numbers.map((row) => Float32Array.from(row));

describe('evaluateRetrieval()', () => {
  it('counts what can be counted by hand, with several texts for a picture', () => {
    const images = rows([1, 0, 0], [0, 1, 0], [0, 0, 1]);
    const texts = rows([0.9, 0.1, 0], [0.2, 0.3, 0.1], [0, 0.5, 0.4], [0.3, 0.2, 0.1]);
    const { metrics, intervals, imageRetrieval, textRetrieval } = evaluateRetrieval({
      images,
      texts,
      textsOf: [[0, 1], [2], [3]],
    });
    assert.deepEqual(
      [imageRetrieval.ranks, imageRetrieval.first],
      [
        [1, 2, 1, 3],
        [0, 1, 1, 0],
      ],
    );
    assert.deepEqual(
      [textRetrieval.ranks, textRetrieval.first],
      [
        [1, 1, 3],
        [0, 2, 2],
      ],
    );
    assert.equal(metrics['image_retrieval_recall@1'], 0.5);
    assert.equal(metrics['text_retrieval_recall@1'], 2 / 3);
    assert.equal(metrics['text_retrieval_recall@5'], 1);
    assert.deepEqual([imageRetrieval.meanRank, textRetrieval.meanRank], [7 / 4, 5 / 3]);
    assert.equal(textRetrieval.medianRank, 1);
    assertClose(
      'Wilson',
      [intervals['image_retrieval_recall@1'].low, intervals['image_retrieval_recall@1'].high],
      [0.150039, 0.849961],
      1e-6,
    );
  });

  it('agrees with the measures of a whole matrix, and with recorded ones', () => {
    const golden = JSON.parse(readFileSync('test/goldens/metrics/metrics.json', 'utf8'));
    const similarity = golden.similarity as number[][];
    const texts = similarity.map((_, place) => Float32Array.from(similarity, (_, axis) => Number(axis === place)));
    const images = rows(...similarity);
    const { metrics, textRetrieval } = evaluateRetrieval({ images, texts, textsOf: images.map((_, index) => [index]) });
    for (const k of [1, 5, 10] as const) {
      assertClose('text', [metrics[`text_retrieval_recall@${k}`]], [golden.image_to_text_recall[k]], 1e-9);
      assertClose('image', [metrics[`image_retrieval_recall@${k}`]], [golden.text_to_image_recall[k]], 1e-9);
    }
    const { meanRank, medianRank } = retrievalMeasures(similarity, (row, column) => row === column);
    assert.deepEqual([textRetrieval.meanRank, textRetrieval.medianRank], [meanRank, medianRank]);
  });

  it('takes a model that sees no difference for one that finds nothing', () => {
    const same = rows([1, 0], [1, 0], [1, 0]);
    const { metrics } = evaluateRetrieval({ images: same, texts: same, textsOf: [[0], [1], [2]] });
    assert.equal(metrics['image_retrieval_recall@1'], 0);
  });

  it('refuses what belongs to nothing', () => {
    const two = rows([1, 0], [0, 1]);
    assert.throws(() => evaluateRetrieval({ images: two, texts: two, textsOf: [[0], [0]] }), /query 0 has none/);
    assert.throws(() => evaluateRetrieval({ images: two, texts: two, textsOf: [[0]] }), /one length/);
  });
});
