import * as tf from '@tensorflow/tfjs';
import { gelu, quickGelu } from '../../nn/activations.ts';
import { attention } from '../../nn/attention.ts';
import { transformer } from '../../nn/block.ts';
import { layerNorm } from '../../nn/layer-norm.ts';
import { linear } from '../../nn/linear.ts';
import { causalMask } from '../../text/causal-mask.ts';
import { embedPatches } from '../../vision/patches.ts';
import { type Check, kernel, signal } from './check.ts';
import {
  plainCausalAttention,
  plainGelu,
  plainLayerNorm,
  plainLinear,
  plainPatches,
  plainQuickGelu,
  plainSum,
  plainUnit,
  rowsOf,
} from './plain-math.ts';

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;
type T4 = tf.Tensor4D;

const width = 8;
const heads = 2;
const seq = 5;
const ids = [3, 0, 6, 3];

/** What CLIP is made of, in the form in which it is computed here. */
export const checks: readonly Check[] = [
  {
    name: 'linear layer, 768 deep',
    inputs: [signal(2, 3, 768), kernel(768, 5), signal(5)],
    tensor: ([x, weights, bias]) => linear({ kernel: weights as T2, bias: bias as T1 }, x as T3),
    plain: ([x = [], weights = [], bias = []]) => plainLinear(x, weights, bias),
    compares: 'both',
  },
  {
    name: 'layer norm',
    inputs: [signal(3, 16), signal(16), signal(16)],
    tensor: ([x, gain, bias]) => layerNorm({ gain: gain as T1, bias: bias as T1, epsilon: 1e-5 }, x as T2),
    plain: ([x = [], gain = [], bias = []]) => plainLayerNorm(x, gain, bias, 1e-5),
    compares: 'both',
  },
  {
    name: 'QuickGELU',
    inputs: [signal(2, 33)],
    tensor: ([x]) => quickGelu(x as T2),
    plain: ([x = []]) => plainQuickGelu(x),
    compares: 'both',
  },
  {
    name: 'GELU',
    inputs: [signal(2, 33)],
    tensor: ([x]) => gelu(x as T2),
    plain: ([x = []]) => plainGelu(x),
    compares: 'both',
  },
  {
    name: 'causal attention',
    inputs: [signal(2, seq, width), kernel(width, 3 * width), signal(3 * width), kernel(width, width), signal(width)],
    tensor: ([x, qkv, qkvBias, out, outBias]) => {
      const weights = {
        qkv: { kernel: qkv as T2, bias: qkvBias as T1 },
        out: { kernel: out as T2, bias: outBias as T1 },
        heads,
      };
      return attention(weights, x as T3, causalMask(seq));
    },
    plain: ([x = [], qkv = [], qkvBias = [], out = [], outBias = []]) =>
      rowsOf(x, seq * width).flatMap((sequence) =>
        plainLinear(plainCausalAttention(plainLinear(sequence, qkv, qkvBias), width, heads), out, outBias),
      ),
    compares: 'both',
  },
  {
    name: 'Transformer block',
    inputs: [
      signal(2, seq, width),
      kernel(width, 3 * width),
      kernel(width, width),
      kernel(width, 4 * width),
      kernel(4 * width, width),
      signal(3 * width),
      signal(width),
      signal(4 * width),
    ],
    tensor: ([x, qkv, out, fc, proj, wide, narrow, wider]) => {
      const ln = { gain: narrow as T1, bias: narrow as T1, epsilon: 1e-5 };
      const attn = {
        qkv: { kernel: qkv as T2, bias: wide as T1 },
        out: { kernel: out as T2, bias: narrow as T1 },
        heads,
      };
      const mlp = {
        fc: { kernel: fc as T2, bias: wider as T1 },
        proj: { kernel: proj as T2, bias: narrow as T1 },
        activation: 'quick_gelu',
      } as const;
      return transformer([{ ln1: ln, attn, ln2: ln, mlp }], x as T3, causalMask(seq)); // fused where the backend can
    },
    plain: ([x = [], qkv = [], out = [], fc = [], proj = [], wide = [], narrow = [], wider = []]) =>
      rowsOf(x, seq * width).flatMap((sequence) => {
        const normed = plainLayerNorm(sequence, narrow, narrow, 1e-5);
        const mixed = plainCausalAttention(plainLinear(normed, qkv, wide), width, heads);
        const attended = plainSum(sequence, plainLinear(mixed, out, narrow));
        const hidden = plainQuickGelu(plainLinear(plainLayerNorm(attended, narrow, narrow, 1e-5), fc, wider));
        return plainSum(attended, plainLinear(hidden, proj, narrow));
      }),
    compares: 'values', // of the fused form; the gradient takes the parts above
  },
  {
    name: 'patch embedding',
    inputs: [signal(1, 4, 4, 3), kernel(2, 2, 3, 5)],
    tensor: ([pixels, weights]) => embedPatches(weights as T4, pixels as T4),
    plain: ([pixels = [], weights = []]) => plainLinear(plainPatches(pixels, 4, 2), weights, [0, 0, 0, 0, 0]),
    compares: 'both',
  },
  {
    name: 'scaling to unit length',
    inputs: [signal(3, 8)],
    tensor: ([x]) => tf.mul(x as T2, tf.rsqrt(tf.add(tf.sum(tf.square(x as T2), 1, true), 1e-12))),
    plain: ([x = []]) => plainUnit(x, 8),
    compares: 'both',
  },
  {
    name: 'rows of an embedding',
    inputs: [signal(7, 4)],
    tensor: ([table]) => tf.gather(table as T2, tf.tensor1d(ids, 'int32')),
    plain: ([table = []]) => ids.flatMap((id) => table.slice(4 * id, 4 * id + 4)),
    compares: 'values',
  },
];
