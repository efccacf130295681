import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import {
  buildClassifier,
  embedImages,
  embedTexts,
  evaluateRetrieval,
  evaluateZeroShot,
  guardScore,
  hasFallen,
  useBackend,
  wilsonInterval,
} from '../../src/node.ts';
import { normalNumbers } from '../../src/random.ts';
import { onEachBackend } from '../golden.ts';
import { tinyClip } from '../tiny-clip.ts';

const classes = ['cat', 'dog', 'bird'];
const templates = ['a {}', 'one {}.'];

describe('guardScore()', () => {
  onEachBackend((backend) => {
    before(() => useBackend(backend));

    const pictures = Array.from({ length: 24 }, (_, seed) =>
      Float32Array.from({ length: 16 * 16 * 3 }, normalNumbers(seed)),
    );

    it('has the accuracy of evaluateZeroShot(), and leaves no tensor', async () => {
      const clip = tinyClip();
      const images = await embedImages(clip, pictures);
      const labels = images.map((_, index) => index % 3);
      const before = tf.memory().numTensors;
      const score = await guardScore(clip, images, { classes, labels, templates });
      assert.equal(tf.memory().numTensors, before);
      const classifier = await buildClassifier(clip, classes, { templates });
      const { metrics, intervals } = evaluateZeroShot({ embeddings: images, labels }, classifier, clip.logitScale);
      assert.deepEqual(score, { metric: 'accuracy', value: metrics.acc1, ...intervals.acc1, count: 24 });
      clip.dispose();
    });

    it('has the mean of both recalls of evaluateRetrieval()', async () => {
      const clip = tinyClip();
      const images = await embedImages(clip, pictures.slice(0, 4));
      const texts = ['a cat', 'a dog', 'two birds', 'a fish', 'an old dog'];
      const textsOf = [[0], [1, 4], [2], [3]];
      const score = await guardScore(clip, images, { texts, textsOf });
      const { metrics, intervals } = evaluateRetrieval({ images, texts: await embedTexts(clip, texts), textsOf });
      const names = ['image_retrieval_recall@1', 'text_retrieval_recall@1'] as const;
      const mean = (of: (name: (typeof names)[number]) => number) => (of(names[0]) + of(names[1])) / 2;
      assert.deepEqual(score, {
        metric: 'recall@1',
        value: mean((name) => metrics[name]),
        low: mean((name) => intervals[name].low),
        high: mean((name) => intervals[name].high),
        count: 4,
      });
      clip.dispose();
    });
  });

  describe('by hand', () => {
    before(() => useBackend('cpu'));

    it('counts each picture whose own class is nearest; one that is not finite is wrong', async () => {
      const clip = tinyClip();
      const { weights } = await buildClassifier(clip, classes, { templates });
      const images = [weights[0]!, weights[2]!, weights[1]!, new Float32Array(16).fill(Number.NaN)];
      const score = await guardScore(clip, images, { classes, templates, labels: [0, 2, 0, 1] });
      assert.deepEqual(score, { metric: 'accuracy', value: 0.5, ...wilsonInterval(2, 4), count: 4 });
      const captions = { texts: ['cat', 'dog'], textsOf: [[0], [1]] };
      const lost = [0, 1].map(() => new Float32Array(16).fill(Number.NaN));
      assert.equal((await guardScore(clip, lost, captions)).value, 0);
      await assert.rejects(
        guardScore(clip, images, { classes, labels: [0, 1] }),
        /pictures and labels of one length, 1 or more, but got 4 and 2/,
      );
      await assert.rejects(guardScore(clip, images, { classes, labels: [0, 1, 3, 0] }), RangeError);
      await assert.rejects(
        guardScore(clip, images, captions),
        /pictures and lists of captions of one length, 1 or more, but got 4 and 2/,
      );
      clip.dispose();
    });

    it('has fallen where it is lower by more than is allowed: 16 of 20 to 15 are just 0.05', () => {
      const score = (right: number) =>
        ({ metric: 'accuracy', value: right / 20, ...wilsonInterval(right, 20), count: 20 }) as const;
      assert.equal(hasFallen(score(16), score(15), 0.05), false);
      assert.equal(hasFallen(score(16), score(14), 0.05), true);
      assert.equal(hasFallen(score(15), score(16), 0), false);
    });
  });
});
