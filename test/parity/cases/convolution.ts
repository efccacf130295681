import * as tf from '@tensorflow/tfjs';
import { type Case, type Input, normal } from '../case.ts';
import { at, type Plain, plain, sum } from '../plain.ts';

/** Pictures [batch, height, width, inputs], kernel [height, width, inputs, outputs]; zeros around where `border` says so. */
export function plainConv(x: Plain, kernel: Plain, stride: number, border = 0): Plain {
  const [batch, height, width] = x.shape as [number, number, number, number];
  const [size, , inputs, outputs] = kernel.shape as [number, number, number, number];
  const extent = (side: number) => Math.floor((side + 2 * border - size) / stride) + 1;
  return plain([batch, extent(height), extent(width), outputs], (b, row, column, o) =>
    sum(size * size, (cell) => {
      const [i, j] = [Math.floor(cell / size), cell % size];
      const [y, z] = [row * stride + i - border, column * stride + j - border];
      if (y < 0 || z < 0 || y >= height || z >= width) return 0;
      return sum(inputs, (c) => at(x, b, y, z, c) * at(kernel, i, j, c, o));
    }),
  );
}

/** The mean of each size x size square. */
export function plainAvgPool(x: Plain, size: number): Plain {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  return plain(
    [batch, height / size, width / size, channels],
    (b, i, j, c) =>
      sum(size * size, (cell) => at(x, b, i * size + Math.floor(cell / size), j * size + (cell % size), c)) / size ** 2,
  );
}

/** Twice the size; between two pixels their mean, past the last pixel the last (neither corners aligned nor half-pixel centres). */
export function plainDoubleBilinear(x: Plain): Plain {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  return plain([batch, 2 * height, 2 * width, channels], (b, i, j, c) => {
    const near = (row: number, column: number) => at(x, b, Math.min(row, height - 1), Math.min(column, width - 1), c);
    const [row, column, down, right] = [Math.floor(i / 2), Math.floor(j / 2), i % 2, j % 2];
    return (
      (near(row, column) + near(row, column + right) + near(row + down, column) + near(row + down, column + right)) / 4
    );
  });
}

/** wasm cannot differentiate a convolution by its kernel, so a ResNet's convolutions cannot be trained there. */
export const noKernelGradient: NonNullable<Case['noGradient']> = {
  wasm: { inputs: [1], error: /Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'/ },
};

function convolution(name: string, use: string, x: number[], kernel: number[], stride: number, border = 0): Case {
  return {
    name,
    use,
    inputs: [normal(x), normal(kernel, 0.3)],
    run: (pixels: tf.Tensor4D, weights: tf.Tensor4D) => {
      const around: [number, number] = [border, border];
      const padded = border ? tf.pad(pixels, [[0, 0], around, around, [0, 0]]) : pixels;
      return tf.conv2d(padded, weights, stride, 'valid');
    },
    expected: (pixels, weights) => plainConv(pixels, weights, stride, border),
    noGradient: noKernelGradient,
  };
}

function resize(name: string, input: Input, run: (x: tf.Tensor4D) => tf.Tensor, expected: (x: Plain) => Plain): Case {
  return { name, use: 'pictures of attention; positional embeddings of another size', inputs: [input], run, expected };
}

export const convolutionCases: Case[] = [
  convolution('conv2d whose stride is its kernel', 'the patch embedding as published', [1, 4, 4, 3], [2, 2, 3, 4], 2),
  convolution('conv2d 1x1', 'the outer convolutions of a bottleneck', [2, 3, 3, 4], [1, 1, 4, 3], 1),
  convolution(
    'conv2d 3x3 on a padded picture',
    'the middle convolution of a bottleneck',
    [1, 4, 4, 2],
    [3, 3, 2, 3],
    1,
    1,
  ),
  convolution(
    'conv2d 3x3 with stride 2 on a padded picture',
    "ModifiedResNet's first convolution",
    [1, 6, 6, 3],
    [3, 3, 3, 2],
    2,
    1,
  ),
  convolution('conv2d 3x3 of an odd picture', 'pictures of another size', [1, 5, 7, 2], [3, 3, 2, 2], 2, 1),
  {
    name: "avgPool 2 'valid'",
    use: 'anti-aliased strides',
    inputs: [normal([2, 4, 6, 3])],
    run: (x: tf.Tensor4D) => tf.avgPool(x, 2, 2, 'valid'),
    expected: (x) => plainAvgPool(x, 2),
  },
  {
    name: "avgPool 4 'valid'",
    use: 'global averages',
    inputs: [normal([2, 4, 4, 3])],
    run: (x: tf.Tensor4D) => tf.avgPool(x, 4, 4, 'valid'),
    expected: (x) => plainAvgPool(x, 4),
  },
  resize(
    'resizeNearestNeighbor to double size',
    normal([1, 2, 3, 2]),
    (x) => tf.image.resizeNearestNeighbor(x, [4, 6]),
    (x) => plain([1, 4, 6, 2], (b, i, j, c) => at(x, b, Math.floor(i / 2), Math.floor(j / 2), c)),
  ),
  resize(
    'resizeBilinear of a square to double size',
    normal([1, 3, 3, 2]),
    (x) => tf.image.resizeBilinear(x, [6, 6]),
    plainDoubleBilinear,
  ),
];
