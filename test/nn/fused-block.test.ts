import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type Block, block } from '../../src/nn/block.ts';
import { canFuse, fusedBlock } from '../../src/nn/fused-block.ts';
import { useBackend } from '../../src/node.ts';
import { normalNumbers } from '../../src/random.ts';
import { causalMask } from '../../src/text/causal-mask.ts';
import { assertClose } from '../assert-close.ts';
import { onEachBackend } from '../golden.ts';
import { blockShapes, randomBlock, randomNumbers } from './random-block.ts';

onEachBackend((backend) => {
  describe('fusedBlock()', () => {
    before(() => useBackend(backend));

    it('is there on wasm and tensorflow', () => {
      assert.equal(canFuse(), backend === 'wasm' || backend === 'tensorflow');
    });

    if (backend !== 'wasm' && backend !== 'tensorflow') return;

    for (const activation of ['quick_gelu', 'gelu'] as const) {
      for (const shape of blockShapes) {
        for (const masked of [false, true]) {
          it(`equals block() with ${activation}, ${JSON.stringify(shape)}${masked ? ', masked' : ''}`, async () => {
            const { batch, seq, width } = shape;
            const [ours, theirs] = tf.tidy(() => {
              const weights = randomBlock(shape, activation);
              const x = tf.tensor3d(randomNumbers(normalNumbers(2), [batch, seq, width]), [batch, seq, width]);
              const mask = masked ? causalMask(seq) : undefined;
              return [fusedBlock(weights, x, mask), block(weights, x, mask)];
            });
            assertClose('block', await ours.data(), await theirs.data(), 1e-5);
            tf.dispose([ours, theirs]);
          });
        }
      }
    }

    it('adds one tensor', () => {
      const [weights, x] = tf.tidy(() => [randomBlock(blockShapes[0], 'gelu'), tf.ones<tf.Rank.R3>([1, 4, 128])]);
      const before = tf.memory().numTensors;
      const y = tf.tidy(() => fusedBlock(weights as Block, x as tf.Tensor3D));
      assert.equal(tf.memory().numTensors, before + 1);
      tf.dispose([y, x]);
    });
  });
});
