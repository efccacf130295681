import type * as tf from '@tensorflow/tfjs';
import { gelu, quickGelu } from '../../../src/nn/activations.ts';
import { attention, attentionWeights } from '../../../src/nn/attention.ts';
import { type Block, block, transformer } from '../../../src/nn/block.ts';
import { layerNorm } from '../../../src/nn/layer-norm.ts';
import { linear } from '../../../src/nn/linear.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { causalMask } from '../../../src/text/causal-mask.ts';
import { type Case, type Input, normal } from '../case.ts';
import type { Plain } from '../plain.ts';
import * as layers from '../plain-layers.ts';

const epsilon = 1e-5;
const [seq, width, heads, mlpWidth] = [3, 4, 2, 6];
const sequence = normal([2, seq, width]);
/** Kernel and bias. */
const weightsOf = (inputs: number, outputs: number): [Input, Input] => [
  normal([inputs, outputs], 0.5),
  normal([outputs]),
];
const gainAndBias = [normal([width]), normal([width])];
const attentionWeightsOf = [...weightsOf(width, 3 * width), ...weightsOf(width, width)];
const mlpWeightsOf = [...weightsOf(width, mlpWidth), ...weightsOf(mlpWidth, width)];

type Vector = tf.Tensor1D;
type Matrix = tf.Tensor2D;
type Sequence = tf.Tensor3D;

function attentionCase(name: string, use: string, masked: boolean): Case {
  return {
    name,
    use,
    inputs: [sequence, ...attentionWeightsOf],
    run: (x: Sequence, kernel: Matrix, bias: Vector, outKernel: Matrix, outBias: Vector) =>
      attention(
        { qkv: { kernel, bias }, out: { kernel: outKernel, bias: outBias }, heads },
        x,
        masked ? causalMask(seq) : undefined,
      ),
    expected: (...all) => {
      const [x, kernel, bias, outKernel, outBias] = all as [Plain, Plain, Plain, Plain, Plain];
      const mask = masked ? layers.plainCausalMask(seq) : undefined;
      return layers.plainAttention(x, { kernel, bias }, { kernel: outKernel, bias: outBias }, heads, mask);
    },
  };
}

/** The layers as they are written, or `transformer()`, which runs their fused twin where the engine has it. */
const throughs = {
  'block()': block,
  'transformer()': (weights: Block, ...rest: [Sequence, Matrix?]) => transformer([weights], ...rest),
};

function blockCase(through: keyof typeof throughs, activation: 'quick_gelu' | 'gelu', masked: boolean): Case {
  type Twelve<T> = [T, T, T, T, T, T, T, T, T, T, T, T];
  return {
    name: `${through} with ${activation}${masked ? ' under a causal mask' : ''}`,
    use: masked ? 'the text tower' : 'the image tower',
    inputs: [sequence, ...gainAndBias, ...attentionWeightsOf, ...gainAndBias, ...mlpWeightsOf],
    run: (x: Sequence, ...tensors: tf.Tensor[]) => {
      const [g1, b1, qkv, qkvBias, out, outBias, g2, b2, fc, fcBias, proj, projBias] = tensors as Twelve<never>;
      const weights: Block = {
        ln1: { gain: g1, bias: b1, epsilon },
        attn: { qkv: { kernel: qkv, bias: qkvBias }, out: { kernel: out, bias: outBias }, heads },
        ln2: { gain: g2, bias: b2, epsilon },
        mlp: { fc: { kernel: fc, bias: fcBias }, proj: { kernel: proj, bias: projBias }, activation },
      };
      return throughs[through](weights, x, masked ? causalMask(seq) : undefined);
    },
    expected: (x, ...all) => {
      const [g1, b1, qkv, qkvBias, out, outBias, g2, b2, fc, fcBias, proj, projBias] = all as Twelve<Plain>;
      const mask = masked ? layers.plainCausalMask(seq) : undefined;
      const normed = layers.plainLayerNorm(x as Plain, g1, b1);
      const looked = layers.plainAttention(
        normed,
        { kernel: qkv, bias: qkvBias },
        { kernel: out, bias: outBias },
        heads,
        mask,
      );
      const attended = layers.plainAdd(x as Plain, looked);
      const hidden = layers.plainLinear(layers.plainLayerNorm(attended, g2, b2), fc, fcBias);
      const active = activation === 'gelu' ? layers.plainGelu(hidden) : layers.plainQuickGelu(hidden);
      return layers.plainAdd(attended, layers.plainLinear(active, proj, projBias));
    },
  };
}

export const layerCases: Case[] = [
  {
    name: 'linear() of a sequence',
    use: 'attention, MLP',
    inputs: [sequence, ...weightsOf(width, 5)],
    run: (x: Sequence, kernel: Matrix, bias: Vector) => linear({ kernel, bias }, x),
    expected: layers.plainLinear,
  },
  {
    name: 'linear() of rows, without bias',
    use: 'the projections to the common space',
    inputs: [normal([3, width]), normal([width, 5])],
    run: (x: Matrix, kernel: Matrix) => linear({ kernel }, x),
    expected: (x, kernel) => layers.plainLinear(x, kernel),
  },
  {
    name: 'layerNorm() of a sequence',
    use: 'before each half of a block',
    inputs: [sequence, ...gainAndBias],
    run: (x: Sequence, gain: Vector, bias: Vector) => layerNorm({ gain, bias, epsilon }, x),
    expected: layers.plainLayerNorm,
  },
  {
    name: 'quickGelu()',
    use: "OpenAI's MLPs",
    inputs: [normal([4, 6], 2)],
    run: (x: tf.Tensor) => quickGelu(x),
    expected: layers.plainQuickGelu,
  },
  {
    name: 'gelu()',
    use: "later models' MLPs",
    inputs: [normal([4, 6], 2)],
    run: (x: tf.Tensor) => gelu(x),
    expected: layers.plainGelu,
  },
  attentionCase('attention()', 'the image tower', false),
  attentionCase('attention() under a causal mask', 'the text tower', true),
  {
    name: 'attentionWeights()',
    use: 'pictures of attention, explanation',
    inputs: [sequence, ...weightsOf(width, 3 * width)],
    run: (x: Sequence, kernel: Matrix, bias: Vector) =>
      attentionWeights({ qkv: { kernel, bias }, out: { kernel }, heads }, x, causalMask(seq)),
    expected: (x, kernel, bias) => {
      const projected = layers.plainLinear(x, kernel, bias);
      const [queries, keys] = [layers.plainThird(projected, 0), layers.plainThird(projected, 1)];
      return layers.plainLookUp(queries, keys, heads, layers.plainCausalMask(seq));
    },
  },
  {
    name: 'mlp()',
    use: 'the second half of a block',
    inputs: [sequence, ...mlpWeightsOf],
    run: (x: Sequence, kernel: Matrix, bias: Vector, projKernel: Matrix, projBias: Vector) =>
      mlp({ fc: { kernel, bias }, proj: { kernel: projKernel, bias: projBias }, activation: 'quick_gelu' }, x),
    expected: (...all) => {
      const [x, kernel, bias, projKernel, projBias] = all as [Plain, Plain, Plain, Plain, Plain];
      return layers.plainLinear(layers.plainQuickGelu(layers.plainLinear(x, kernel, bias)), projKernel, projBias);
    },
  },
  blockCase('block()', 'quick_gelu', false),
  blockCase('block()', 'quick_gelu', true),
  blockCase('block()', 'gelu', false),
  blockCase('block()', 'gelu', true),
  blockCase('transformer()', 'quick_gelu', false),
  blockCase('transformer()', 'quick_gelu', true),
  blockCase('transformer()', 'gelu', false),
  blockCase('transformer()', 'gelu', true),
];
