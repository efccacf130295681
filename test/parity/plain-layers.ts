import { plainAvgPool, plainConv } from './cases/convolution.ts';
import { erf, sigmoid } from './cases/elementwise.ts';
import { plainMatMul, plainTranspose } from './cases/matmul.ts';
import { plainBatchNorm, plainStandardise } from './cases/normalisation.ts';
import { plainSoftmax } from './cases/softmax.ts';
import { at, both, each, type Plain, plain, reshaped, sum } from './plain.ts';

const add = (x: Plain, y: Plain): Plain => both(x, y, (one, other) => one + other);

export const plainQuickGelu = (x: Plain): Plain => each(x, (value) => value * sigmoid(1.702 * value));
export const plainGelu = (x: Plain): Plain => each(x, (value) => (value * (1 + erf(value * Math.SQRT1_2))) / 2);

/** Over the last axis. */
export function plainLinear(x: Plain, kernel: Plain, bias?: Plain): Plain {
  const [inputs, outputs] = kernel.shape as [number, number];
  const rows = plainMatMul(reshaped(x, [x.values.length / inputs, inputs]), kernel);
  return reshaped(bias ? add(rows, bias) : rows, [...x.shape.slice(0, -1), outputs]);
}

export function plainLayerNorm(x: Plain, gain: Plain, bias: Plain): Plain {
  return add(
    both(plainStandardise(x, 1e-5), gain, (value, g) => value * g),
    bias,
  );
}

/** [batch, seq, width] as [batch, heads, seq, headDim] */
function byHead(x: Plain, heads: number): Plain {
  const [batch, seq, width] = x.shape as [number, number, number];
  const headDim = width / heads;
  return plain([batch, heads, seq, headDim], (b, head, s, i) => at(x, b, s, head * headDim + i));
}

/** Where each query looks; queries and keys [batch, seq, width]. @returns [batch, heads, queries, keys] */
export function plainLookUp(queries: Plain, keys: Plain, heads: number, mask?: Plain): Plain {
  const scale = ((queries.shape[2] as number) / heads) ** -0.5;
  const scores = each(
    plainMatMul(byHead(queries, heads), plainTranspose(byHead(keys, heads))),
    (score) => score * scale,
  );
  return plainSoftmax(mask ? add(scores, mask) : scores);
}

/** [batch, queries, width]: what the looks gather from the values [batch, keys, width]. */
export function plainMix(looks: Plain, values: Plain): Plain {
  const [batch, heads, queries] = looks.shape as [number, number, number, number];
  const mixed = plainMatMul(looks, byHead(values, heads));
  const headDim = mixed.shape[3] as number;
  return plain([batch, queries, heads * headDim], (b, q, i) => at(mixed, b, Math.floor(i / headDim), q, i % headDim));
}

/** The third of [batch, seq, 3 width] that holds queries (0), keys (1) or values (2). */
export function plainThird(x: Plain, which: 0 | 1 | 2): Plain {
  const [batch, seq, all] = x.shape as [number, number, number];
  return plain([batch, seq, all / 3], (b, s, i) => at(x, b, s, (which * all) / 3 + i));
}

export type PlainLinear = { kernel: Plain; bias: Plain };

export function plainAttention(x: Plain, qkv: PlainLinear, out: PlainLinear, heads: number, mask?: Plain): Plain {
  const projected = plainLinear(x, qkv.kernel, qkv.bias);
  const looks = plainLookUp(plainThird(projected, 0), plainThird(projected, 1), heads, mask);
  return plainLinear(plainMix(looks, plainThird(projected, 2)), out.kernel, out.bias);
}

/** 0 where a position may look, -1e9 where it may not. */
export function plainCausalMask(seq: number): Plain {
  return plain([seq, seq], (query, key) => (key > query ? -1e9 : 0));
}

/** A convolution padded to keep the size, and its batch norm. */
export function plainConvNorm(x: Plain, kernel: Plain, norm: readonly [Plain, Plain, Plain, Plain], stride = 1): Plain {
  const border = ((kernel.shape[0] as number) - 1) / 2;
  const [gain, bias, mean, variance] = norm;
  return plainBatchNorm(plainConv(x, kernel, stride, border), mean, variance, bias, gain);
}

export const plainRelu = (x: Plain): Plain => each(x, (value) => Math.max(0, value));
export const plainHalve = (x: Plain): Plain => plainAvgPool(x, 2);
export const plainAdd: typeof add = add;

/** Square patches row by row, each flattened as [row, column, channel]. */
export function plainPatchify(x: Plain, size: number): Plain {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const columns = width / size;
  return plain([batch, (height / size) * columns, size * size * channels], (b, patch, i) => {
    const [pixel, channel] = [Math.floor(i / channels), i % channels];
    const row = Math.floor(patch / columns) * size + Math.floor(pixel / size);
    return at(x, b, row, (patch % columns) * size + (pixel % size), channel);
  });
}

/** The mean over the middle axis. [batch, cells, width] -> [batch, 1, width] */
export function plainMean(x: Plain): Plain {
  const [batch, cells, width] = x.shape as [number, number, number];
  return plain([batch, 1, width], (b, _, i) => sum(cells, (cell) => at(x, b, cell, i)) / cells);
}

/** Along the middle axis. */
export function plainConcat(x: Plain, y: Plain): Plain {
  const [batch, before, width] = x.shape as [number, number, number];
  return plain([batch, before + (y.shape[1] as number), width], (b, s, i) =>
    s < before ? at(x, b, s, i) : at(y, b, s - before, i),
  );
}
