import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../src/node.ts';
import { type Concepts, infoNceLoss } from '../../src/train.ts';
import { assertClose, largest } from '../assert-close.ts';
import { type Golden, goldens, onEachBackend, readGolden } from '../golden.ts';

const tensor = ({ values, shape }: Golden) => tf.tensor(values, shape);

describe('infoNceLoss()', () => {
  onEachBackend((backend) => {
    before(() => useBackend(backend));

    for (const batch of [2, 7, 16]) {
      it(`gives PyTorch's loss and gradients for a batch of ${batch}`, async () => {
        const golden = await readGolden(join(goldens, 'loss', 'infonce.safetensors'));
        const of = (name: string) => golden(`n${batch}.${name}`);
        const { value, grads } = tf.tidy(() => {
          const inputs = ['image', 'text', 'logit_scale'].map((name) => tensor(of(name)));
          const [images, texts, logScale] = inputs as [tf.Tensor2D, tf.Tensor2D, tf.Scalar];
          return tf.valueAndGrads(() => infoNceLoss(images, texts, tf.exp(logScale)))(inputs);
        });
        assertClose('loss', await value.data(), of('loss').values, 1e-5);
        for (const [index, name] of ['grad_image', 'grad_text', 'grad_logit_scale'].entries()) {
          const { values } = of(name);
          assertClose(name, await (grads[index] as tf.Tensor).data(), values, 1e-5 * largest(values));
        }
        tf.dispose([value, grads]);
      });
    }

    /** Unit vectors: the first two pairs are alike, the third is not. */
    const rows = () => tf.tensor2d([1, 0, 1, 0, 0, 1], [3, 2]);
    const lossOf = async (concepts?: Concepts) => {
      const loss = tf.tidy(() => infoNceLoss(rows(), rows(), tf.scalar(Math.log(2)), concepts));
      const [value] = await loss.data();
      loss.dispose();
      return value as number;
    };

    // Logits are ln 2 for likes and 0 else, so the softmax of the first rows is 2/5, 2/5, 1/5 and of the last 1/4, 1/4, 1/2.
    it('is the mean cross-entropy of both directions', async () => {
      const expected = (2 * Math.log(5 / 2) + Math.log(2)) / 3;
      assertClose('loss', [await lossOf()], [expected], 1e-6);
    });

    it('lets the pairs of one concept share the probability', async () => {
      const first = (2 * Math.log(5 / 2) + Math.log(5)) / 3;
      const last = (2 * Math.log(4) + Math.log(2)) / 3;
      assertClose('loss', [await lossOf([1, 1, 1])], [(2 * first + last) / 3], 1e-6);
    });

    it('takes a matrix of weights and scales its rows and columns', async () => {
      const matrix = tf.tensor2d([3, 0, 3, 0, 9, 0, 3, 0, 3], [3, 3]);
      assertClose('loss', [await lossOf(matrix)], [await lossOf([1, 2, 1])], 1e-6);
      assert.notEqual(await lossOf(matrix), await lossOf());
      matrix.dispose();
    });

    it('adds one tensor', () => {
      const [one, other, scale] = [rows(), rows(), tf.scalar(1)];
      const before = tf.memory().numTensors;
      const loss = infoNceLoss(one, other, scale, [1, 1, 2]);
      assert.equal(tf.memory().numTensors, before + 1);
      tf.dispose([loss, one, other, scale]);
    });
  });

  it('refuses rows that do not pair, and concepts of another number', () => {
    const rows = (count: number) => tf.ones<tf.Rank.R2>([count, 4]);
    tf.tidy(() => {
      const scale = tf.scalar(1);
      assert.throws(() => infoNceLoss(rows(3), rows(2), scale), /expected textEmbeds \[3, 4\] but got \[2, 4\]/);
      assert.throws(() => infoNceLoss(rows(3), rows(3), scale, [1, 2]), /expected concepts \[3\] but got \[2\]/);
      assert.throws(() => infoNceLoss(rows(3), rows(3), scale, rows(3)), /expected concepts \[3, 3\] but got \[3, 4\]/);
    });
  });
});
