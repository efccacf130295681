import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type Block, block } from '../../src/nn/block.ts';
import { canFuse, fusedBlock } from '../../src/nn/fused-block.ts';
import { fusedLayerNorm } from '../../src/nn/fused-kernels.ts';
import { layerNorm } from '../../src/nn/layer-norm.ts';
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

    it('normalises rows far from 0, also where they fill no whole vectors', async () => {
      for (const width of [5, 12, 16, 33]) {
        const [ours, theirs] = tf.tidy(() => {
          const norm = { gain: tf.ones<tf.Rank.R1>([width]), bias: tf.zeros<tf.Rank.R1>([width]), epsilon: 1e-5 };
          const x = tf.tensor2d(
            Float32Array.from({ length: width }, (_, i) => 1000 + (i % 3)),
            [1, width],
          );
          return [fusedLayerNorm(norm, x), layerNorm(norm, x)];
        });
        assertClose(`width ${width}`, await ours.data(), await theirs.data(), 1e-3); // 1000 has a rounding error of 3e-5
        tf.dispose([ours, theirs]);
      }
    });

    it('does not hide that attention overflows', async () => {
      const y = tf.tidy(() => {
        const weights = randomBlock(blockShapes[2], 'gelu');
        const kernel: tf.Tensor2D = tf.mul(weights.attn.qkv.kernel, 1e20); // queries times keys are beyond float32
        const qkv = { ...weights.attn.qkv, kernel };
        const x = tf.tensor3d(randomNumbers(normalNumbers(2), [1, 5, 12]), [1, 5, 12]);
        return fusedBlock({ ...weights, attn: { ...weights.attn, qkv } }, x);
      });
      assert.ok((await y.data()).every(Number.isNaN), 'as block() has it');
      y.dispose();
    });

    it('adds one tensor', () => {
      const [weights, x] = tf.tidy(() => [randomBlock(blockShapes[0], 'gelu'), tf.ones<tf.Rank.R3>([1, 4, 128])]);
      const before = tf.memory().numTensors;
      const y = tf.tidy(() => fusedBlock(weights as Block, x as tf.Tensor3D));
      assert.equal(tf.memory().numTensors, before + 1);
      tf.dispose([y, x]);
    });
  });
});
