/** The layers once more, in plain JavaScript with 64 bits: what backends are measured against. Arrays are row by row. */

type Numbers = readonly number[];

const range = (length: number) => Array.from({ length }, (_, index) => index);
const sum = (values: Numbers) => values.reduce((total, value) => total + value, 0);

export function plainSum(one: Numbers, other: Numbers): number[] {
  return one.map((value, i) => value + at(other, i));
}

/** Cuts rows of `width` numbers. */
export function rowsOf(values: Numbers, width: number): number[][] {
  return range(values.length / width).map((row) => values.slice(row * width, (row + 1) * width));
}

/** @param x rows of `inputs` numbers @param kernel [inputs, outputs] @returns rows of `outputs` numbers */
export function plainLinear(x: Numbers, kernel: Numbers, bias: Numbers): number[] {
  const outputs = bias.length;
  return rowsOf(x, kernel.length / outputs).flatMap((row) =>
    range(outputs).map(
      (column) => sum(row.map((value, k) => value * at(kernel, k * outputs + column))) + at(bias, column),
    ),
  );
}

export function plainLayerNorm(x: Numbers, gain: Numbers, bias: Numbers, epsilon: number): number[] {
  return rowsOf(x, gain.length).flatMap((row) => {
    const mean = sum(row) / row.length;
    const variance = sum(row.map((value) => (value - mean) ** 2)) / row.length;
    return row.map((value, i) => ((value - mean) / Math.sqrt(variance + epsilon)) * at(gain, i) + at(bias, i));
  });
}

export function plainQuickGelu(x: Numbers): number[] {
  return x.map((value) => value / (1 + Math.exp(-1.702 * value)));
}

export function plainGelu(x: Numbers): number[] {
  return x.map((value) => 0.5 * value * (1 + erf(value * Math.SQRT1_2)));
}

/** The error function by its power series, good to 12 digits where |x| is at most 4. */
function erf(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 100; n++) {
    term *= -(x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

/** @param scores rows of one query's scores each */
export function plainSoftmax(scores: readonly Numbers[]): number[][] {
  return scores.map((row) => {
    const highest = Math.max(...row);
    const powers = row.map((score) => Math.exp(score - highest));
    return powers.map((power) => power / sum(powers));
  });
}

/** Each row scaled to length 1. */
export function plainUnit(x: Numbers, width: number): number[] {
  return rowsOf(x, width).flatMap((row) => {
    const length = Math.sqrt(sum(row.map((value) => value * value)));
    return row.map((value) => value / length);
  });
}

/** Attention of one sequence under a causal mask. @param qkv rows [query | key | value], each of `heads` heads */
export function plainCausalAttention(qkv: Numbers, width: number, heads: number): number[] {
  const positions = rowsOf(qkv, 3 * width);
  const headDim = width / heads;
  const part = (row: Numbers, which: number, head: number) =>
    row.slice(which * width + head * headDim, which * width + (head + 1) * headDim);
  const mixed = range(heads).map((head) => {
    const scores = positions.map((query, i) =>
      positions.slice(0, i + 1).map((key) => dot(part(query, 0, head), part(key, 1, head)) / Math.sqrt(headDim)),
    );
    return plainSoftmax(scores).map((probs) =>
      range(headDim).map((k) => sum(probs.map((prob, j) => prob * at(part(positions[j] as number[], 2, head), k)))),
    );
  });
  return positions.flatMap((_, i) => mixed.flatMap((rows) => rows[i] as number[]));
}

function dot(one: Numbers, other: Numbers): number {
  return sum(one.map((value, i) => value * at(other, i)));
}

/** Patches of one picture. @param pixels [size, size, 3] @returns [patches, patchSize · patchSize · 3] */
export function plainPatches(pixels: Numbers, size: number, patchSize: number): number[] {
  const along = range(size / patchSize);
  return along.flatMap((row) =>
    along.flatMap((column) =>
      range(patchSize).flatMap((y) => {
        const start = ((row * patchSize + y) * size + column * patchSize) * 3;
        return pixels.slice(start, start + patchSize * 3);
      }),
    ),
  );
}

function at(values: Numbers, index: number): number {
  return values[index] as number;
}
