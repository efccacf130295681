import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../../src/config.ts';
import { type Block, block } from '../../src/nn/block.ts';
import { fusedBlock } from '../../src/nn/fused-block.ts';
import { fusedKernels, hasKernel, productKernels, runKernel } from '../../src/nn/fused-kernels.ts';
import { useBackend } from '../../src/node.ts';
import { normalNumbers } from '../../src/random.ts';
import { causalMask } from '../../src/text/causal-mask.ts';
import { assertClose, largest } from '../assert-close.ts';
import { testedBackends } from '../golden.ts';
import { type Case, normal } from '../parity/case.ts';
import type { Plain } from '../parity/plain.ts';
import * as layers from '../parity/plain-layers.ts';
import { runCase } from '../parity/run-case.ts';
import { blockShapes, randomBlock, randomNumbers } from './random-block.ts';

const [batch, seq, heads, width] = [2, 5, 2, 22]; // neither rows nor columns fill the vectors of any processor

function activationCase(activation: Activation, expected: (x: Plain) => Plain): Case {
  return {
    name: `${fusedKernels.biasActivation}, ${activation}`,
    use: 'the MLP',
    inputs: [normal([seq, width], 2), normal([width])],
    run: (x: tf.Tensor, bias: tf.Tensor) =>
      runKernel(fusedKernels.biasActivation, { x, bias }, { gelu: activation === 'gelu' ? 1 : 0 }),
    expected: (...[x, bias]) => expected(layers.plainAdd(x as Plain, bias as Plain)),
  };
}

function attendCase(masked: boolean): Case {
  return {
    name: `${fusedKernels.attend}${masked ? ' under a causal mask' : ''}`,
    use: 'attention between its projections',
    inputs: [normal([batch, seq, 3 * width]), normal([3 * width])],
    run: (qkv: tf.Tensor, bias: tf.Tensor) =>
      runKernel(fusedKernels.attend, { qkv, bias, mask: masked ? causalMask(seq) : tf.tensor1d([]) }, { heads }),
    expected: (...[qkv, bias]) => {
      const projected = layers.plainAdd(qkv as Plain, bias as Plain);
      const [queries, keys, values] = ([0, 1, 2] as const).map((third) => layers.plainThird(projected, third));
      const mask = masked ? layers.plainCausalMask(seq) : undefined;
      const mixed = layers.plainMix(layers.plainLookUp(queries!, keys!, heads, mask), values!);
      return { ...mixed, shape: [batch * seq, width] };
    },
  };
}

/** Each operator that has a gradient of ours: the gradient is compared with central differences in float64. */
const cases: readonly Case[] = [
  {
    name: fusedKernels.layerNorm,
    use: 'before each half of a block',
    inputs: [normal([seq, width]), normal([width]), normal([width])],
    run: (x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor) =>
      runKernel(fusedKernels.layerNorm, { x, gain, bias }, { epsilon: 1e-5 }),
    expected: layers.plainLayerNorm,
  },
  activationCase('quick_gelu', layers.plainQuickGelu),
  activationCase('gelu', layers.plainGelu),
  {
    name: fusedKernels.biasResidual,
    use: 'after each half of a block',
    inputs: [normal([seq, width]), normal([width]), normal([seq, width])],
    run: (x: tf.Tensor, bias: tf.Tensor, residual: tf.Tensor) =>
      runKernel(fusedKernels.biasResidual, { x, bias, residual }),
    expected: (...[x, bias, residual]) =>
      layers.plainAdd(residual as Plain, layers.plainAdd(x as Plain, bias as Plain)),
  },
  attendCase(false),
  attendCase(true),
];

const productCases: readonly Case[] = (
  [
    [7, 6, 9],
    [130, 5, 3],
    [131, 8, 16],
  ] as const
).map(([rows, inputs, outputs]) => ({
  name: `${productKernels.product} of [${rows}, ${inputs}] and [${inputs}, ${outputs}]`,
  use: 'linear layers',
  inputs: [normal([rows, inputs], 0.3), normal([inputs, outputs], 0.3)],
  run: (x: tf.Tensor, kernel: tf.Tensor) => runKernel(productKernels.product, { x, kernel }),
  expected: (...[x, kernel]) => layers.plainLinear(x as Plain, kernel as Plain),
}));

/** The tensors of a block, in the order of `fromTensors`. */
const tensorsOf = ({ ln1, attn, ln2, mlp }: Block): tf.Tensor[] => [
  ...[ln1.gain, ln1.bias, attn.qkv.kernel, attn.qkv.bias!, attn.out.kernel, attn.out.bias!],
  ...[ln2.gain, ln2.bias, mlp.fc.kernel, mlp.fc.bias!, mlp.proj.kernel, mlp.proj.bias!],
];

for (const backend of testedBackends.filter((name) => name === 'wasm' || name === 'tensorflow')) {
  describe(`fused gradients on ${backend}`, () => {
    before(() => useBackend(backend));

    for (const test of [...cases, ...productCases])
      it(`are those of central differences: ${test.name}`, async function () {
        if (productCases.includes(test) && !hasKernel(productKernels.product)) this.skip();
        assert.deepEqual((await runCase(test)).faults, []);
      });

    for (const activation of ['quick_gelu', 'gelu'] as const)
      for (const shape of blockShapes)
        for (const masked of [false, true])
          it(`are tfjs's of block(): ${activation}, ${JSON.stringify(shape)}${masked ? ', masked' : ''}`, async () => {
            const before = tf.memory().numTensors;
            const weights = randomBlock(shape, activation);
            const normals = normalNumbers(2);
            const extents: [number, number, number] = [shape.batch, shape.seq, shape.width];
            const x = tf.tensor3d(randomNumbers(normals, extents), extents);
            const dy = tf.tensor3d(randomNumbers(normals, extents), extents);
            const differentiated = [x, ...tensorsOf(weights)];
            const gradientsOf = (run: typeof block) =>
              tf.tidy(() =>
                tf.grads(() => run(weights, x, masked ? causalMask(shape.seq) : undefined))(differentiated, dy),
              );
            const [ours, theirs] = [gradientsOf(fusedBlock), gradientsOf(block)];
            for (const [index, expected] of theirs.entries()) {
              const values = await expected.data();
              const tolerance = 1e-5 * Math.max(1, largest(values));
              assertClose(`gradient ${index}`, await ours[index]!.data(), values, tolerance);
            }
            tf.dispose([x, dy, ...tensorsOf(weights), ...ours, ...theirs]);
            assert.equal(tf.memory().numTensors, before);
          });
  });
}
