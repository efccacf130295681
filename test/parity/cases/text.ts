import type * as tf from '@tensorflow/tfjs';
import { causalMask } from '../../../src/text/causal-mask.ts';
import { embedTokens, projectEnd, type TextEncoder } from '../../../src/text/text-encoder.ts';
import { type Case, given, normal } from '../case.ts';
import { at, type Plain, plain } from '../plain.ts';
import * as layers from '../plain-layers.ts';
import { plainGather } from './gather.ts';

const epsilon = 1e-5;
const width = 4;
const gainAndBias = [normal([width]), normal([width])];

/** Text ids of two rows, of which the second repeats a token; the highest id, 7, ends them. */
const ids = given([2, 3], [6, 2, 7, 6, 7, 0], 'int32');

function projectEndCase(endToken: 'argmax' | number): Case {
  return {
    name: `projectEnd() at ${endToken === 'argmax' ? 'the highest id' : `token ${endToken}`}`,
    use: 'the feature of a text',
    inputs: [normal([2, 3, width]), ids, ...gainAndBias, normal([width, 3])],
    run: (hidden: tf.Tensor3D, tokens: tf.Tensor2D, gain: tf.Tensor1D, bias: tf.Tensor1D, proj: tf.Tensor2D) =>
      projectEnd({ lnFinal: { gain, bias, epsilon }, proj, endToken } as TextEncoder, hidden, tokens),
    expected: (...all) => {
      const [hidden, tokens, gain, bias, proj] = all as [Plain, Plain, Plain, Plain, Plain];
      const end = (text: number) =>
        Math.max(0, tokens.values.slice(3 * text, 3 * text + 3).indexOf(endToken === 'argmax' ? 7 : endToken));
      const pooled = plain([2, width], (text, i) => at(hidden, text, end(text), i));
      return layers.plainLinear(layers.plainLayerNorm(pooled, gain, bias), proj);
    },
  };
}

/** Both ends of the text tower. */
export const textCases: Case[] = [
  {
    name: 'causalMask()',
    use: 'the text tower',
    inputs: [],
    run: () => causalMask(4),
    expected: () => layers.plainCausalMask(4),
  },
  {
    name: 'embedTokens()',
    use: 'what enters the text tower: token and positional embeddings of a cropped text',
    inputs: [normal([8, width]), normal([5, width]), ids],
    run: (tokenEmbedding: tf.Tensor2D, positionalEmbedding: tf.Tensor2D, tokens: tf.Tensor2D) =>
      embedTokens({ tokenEmbedding, positionalEmbedding } as TextEncoder, tokens),
    expected: (table, positions, tokens) => {
      const rows = plainGather(table, tokens);
      return plain(rows.shape, (b, s, i) => at(rows, b, s, i) + at(positions, s, i));
    },
  },
  projectEndCase('argmax'),
  projectEndCase(2),
];
