import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type Block, block, transformer } from '../../src/nn/block.ts';
import { blockTensors, withTensors } from '../../src/nn/block-backward.ts';
import { fusedBlock } from '../../src/nn/fused-block.ts';
import { runKernel } from '../../src/nn/fused-kernels.ts';
import { productKernels } from '../../src/nn/product.ts';
import { useBackend } from '../../src/node.ts';
import { normalNumbers } from '../../src/random.ts';
import { causalMask } from '../../src/text/causal-mask.ts';
import { assertClose, largest } from '../assert-close.ts';
import { onEachBackend } from '../golden.ts';
import { type Case, normal } from '../parity/case.ts';
import type { Plain } from '../parity/plain.ts';
import { plainLinear } from '../parity/plain-layers.ts';
import { runCase } from '../parity/run-case.ts';
import { blockShapes, randomBlock, randomNumbers } from './random-block.ts';

type Extents = [number, number, number];
const random = (seed: number, extents: Extents) => tf.tensor3d(randomNumbers(normalNumbers(seed), extents), extents);

/** As many rows, inputs and outputs as fill whole tiles, and some that do not. */
const products = [
  [7, 6, 9],
  [130, 5, 3],
  [131, 8, 16],
] as const;

function productCase([rows, inputs, outputs]: (typeof products)[number]): Case {
  return {
    name: `${productKernels.product} of [${rows}, ${inputs}] and [${inputs}, ${outputs}]`,
    use: 'linear layers',
    inputs: [normal([rows, inputs], 0.3), normal([inputs, outputs], 0.3)],
    run: (x: tf.Tensor, kernel: tf.Tensor) => runKernel<tf.Tensor>(productKernels.product, { x, kernel }),
    expected: (...[x, kernel]) => plainLinear(x as Plain, kernel as Plain),
  };
}

/** The gradients by x and by every weight are tfjs's gradients of block(). */
async function compare(weights: Block, x: tf.Tensor3D, dy: tf.Tensor3D, mask?: tf.Tensor2D): Promise<void> {
  const names = ['x', ...Object.keys(blockTensors(weights))];
  const differentiated = [x, ...Object.values(blockTensors(weights))];
  const gradientsOf = (run: typeof block) => tf.tidy(() => tf.grads(() => run(weights, x, mask))(differentiated, dy));
  const [ours, theirs] = [gradientsOf(fusedBlock), gradientsOf(block)];
  for (const [index, expected] of theirs.entries()) {
    const values = await expected.data();
    const tolerance = 1e-5 * largest(values);
    assertClose(names[index] as string, await ours[index]!.data(), values, tolerance);
  }
  tf.dispose([...ours, ...theirs]);
}

// Central differences in float64 are the parity suite's: its cases of transformer() run a fused block (test/parity/cases/layers.ts).
onEachBackend((backend) => {
  if (backend !== 'wasm' && backend !== 'tensorflow') return;

  describe('blockBackward()', () => {
    before(() => useBackend(backend));

    for (const activation of ['quick_gelu', 'gelu'] as const)
      for (const shape of blockShapes)
        for (const masked of [false, true])
          it(`is tfjs's gradient of block(): ${activation}, ${JSON.stringify(shape)}${masked ? ', masked' : ''}`, async () => {
            const before = tf.memory().numTensors;
            const weights = randomBlock(shape, activation);
            const extents: Extents = [shape.batch, shape.seq, shape.width];
            const [x, dy] = [random(2, extents), random(3, extents)];
            const mask = masked ? causalMask(shape.seq) : undefined;
            await compare(weights, x, dy, mask);
            tf.dispose([x, dy, mask ?? [], Object.values(blockTensors(weights))]);
            assert.equal(tf.memory().numTensors, before);
          });

    it('serves weights and masks that are made under the tape', async () => {
      const weights = randomBlock(blockShapes[2], 'gelu');
      const factor = tf.scalar(0.7);
      const x = random(2, [1, 5, 12]);
      const run = (blocks: (scaled: Block, mask: tf.Tensor2D) => tf.Tensor) => () => {
        const tensors = blockTensors(weights);
        const scaled = { ...tensors, 'mlp.fc.kernel': tf.mul<tf.Tensor2D>(tensors['mlp.fc.kernel'], factor) };
        return blocks(withTensors(weights, scaled), causalMask(5));
      };
      const fused = run((scaled, mask) => transformer([scaled, scaled], x, mask));
      const plain = run((scaled, mask) => block(scaled, block(scaled, x, mask), mask));
      const [ours, theirs] = [fused, plain].map((f) => tf.tidy(() => tf.grads(f)([factor])[0] as tf.Scalar));
      const [expected = 0] = await theirs!.data();
      assertClose('gradient', await ours!.data(), [expected], 1e-5 * Math.max(1, Math.abs(expected)));
      tf.dispose([factor, x, ours!, theirs!, Object.values(blockTensors(weights))]);
    });
  });

  if (backend !== 'wasm') return;

  describe('the gradient of a product on wasm', () => {
    before(() => useBackend(backend));
    for (const test of products.map(productCase))
      it(`is that of central differences: ${test.name}`, async () =>
        assert.deepEqual((await runCase(test)).faults, []));
  });
});
