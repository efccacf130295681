import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../../src/config.ts';
import { type Block, block } from '../../src/nn/block.ts';
import { canFuse, fusedBlock } from '../../src/nn/fused-block.ts';
import { useBackend } from '../../src/node.ts';
import { takeBlock } from '../../src/parameters.ts';
import { normalNumbers } from '../../src/random.ts';
import { causalMask } from '../../src/text/causal-mask.ts';
import { assertClose } from '../assert-close.ts';
import { onEachBackend } from '../golden.ts';

/** Widths that fill whole vectors, and some that leave a rest in every kernel. */
const shapes = [
  { batch: 2, seq: 50, width: 128, heads: 2, mlpWidth: 512 },
  { batch: 3, seq: 77, width: 64, heads: 1, mlpWidth: 100 },
  { batch: 1, seq: 5, width: 12, heads: 4, mlpWidth: 7 },
  { batch: 2, seq: 1, width: 40, heads: 5, mlpWidth: 33 },
  { batch: 1, seq: 9, width: 80, heads: 1, mlpWidth: 17 },
];

function randomBlock(shape: (typeof shapes)[number], activation: Activation): Block {
  const normal = normalNumbers(1);
  return takeBlock({ ...shape, layers: 1, activation, layerNormEpsilon: 1e-5 }, randomTensor, 'block');
  function randomTensor<R extends tf.Rank>(_name: string, extents: tf.ShapeMap[R]): tf.Tensor<R> {
    return tf.tensor(randomNumbers(normal, extents), extents);
  }
}

/** Matrices are scaled by their inputs, so that what a layer gives is about as large as what it takes. */
function randomNumbers(normal: () => number, extents: readonly number[]): Float32Array {
  const scale = extents.length === 2 ? (extents[0] as number) ** -0.5 : 1;
  return Float32Array.from({ length: extents.reduce((size, extent) => size * extent, 1) }, () => scale * normal());
}

onEachBackend((backend) => {
  describe('fusedBlock()', () => {
    before(() => useBackend(backend));

    it('is there on wasm and tensorflow', () => {
      assert.equal(canFuse(), backend === 'wasm' || backend === 'tensorflow');
    });

    if (backend !== 'wasm' && backend !== 'tensorflow') return;

    for (const activation of ['quick_gelu', 'gelu'] as const) {
      for (const shape of shapes) {
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

    it('keeps out of the way of gradients', () => {
      let couldFuse: boolean | undefined;
      const square = (x: tf.Tensor) => {
        couldFuse = canFuse();
        return tf.square(x);
      };
      tf.tidy(() => tf.grad(square)(tf.scalar(3)));
      assert.deepEqual([couldFuse, canFuse()], [false, true]);
    });

    it('adds one tensor', () => {
      const [weights, x] = tf.tidy(() => [randomBlock(shapes[0]!, 'gelu'), tf.ones<tf.Rank.R3>([1, 4, 128])]);
      const before = tf.memory().numTensors;
      const y = tf.tidy(() => fusedBlock(weights as Block, x as tf.Tensor3D));
      assert.equal(tf.memory().numTensors, before + 1);
      tf.dispose([y, x]);
    });
  });
});
