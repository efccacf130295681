/**
 * PyTorch keeps a layer's outputs on the first axis, tfjs on the last: [out, in] against [in, out] for linear layers,
 * [out, in, height, width] against [height, width, in, out] for convolutions. One index order serves both ranks.
 */
const order: Record<number, readonly number[]> = { 2: [1, 0], 4: [3, 2, 0, 1] };
const inverse: Record<number, readonly number[]> = { 2: [1, 0], 4: [2, 3, 1, 0] };

/** The shape that PyTorch gives to a kernel of our shape. */
export function outputFirstShape(shape: readonly number[]): number[] {
  return axesOf(order, shape).map((axis) => shape[axis] as number);
}

/** From our axes to PyTorch's. @param shape ours */
export function toOutputFirst(values: Float32Array, shape: readonly number[]): Float32Array {
  return permute(values, shape, axesOf(order, shape));
}

/** From PyTorch's axes to ours. @param shape ours */
export function fromOutputFirst(values: Float32Array, shape: readonly number[]): Float32Array {
  return permute(values, outputFirstShape(shape), axesOf(inverse, shape));
}

function axesOf(table: Record<number, readonly number[]>, shape: readonly number[]): readonly number[] {
  const axes = table[shape.length];
  if (!axes) throw new TypeError(`Cannot reorder axes: expected a kernel of rank 2 or 4 but got [${shape.join(', ')}]`);
  return axes;
}

/** `axes[i]` is the axis of `shape` that becomes axis i. */
function permute(values: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((size, extent) => size * extent, 1));
  const extents = [1, 1, 1, 1];
  const steps = [0, 0, 0, 0]; // how far a step along each new axis goes in the old order
  axes.forEach((axis, position) => {
    extents[4 - axes.length + position] = shape[axis] as number;
    steps[4 - axes.length + position] = strides[axis] as number;
  });
  const [n0, n1, n2, n3] = extents as [number, number, number, number];
  const [s0, s1, s2, s3] = steps as [number, number, number, number];
  const permuted = new Float32Array(values.length);
  let next = 0;
  for (let i = 0; i < n0; i++) {
    for (let j = 0; j < n1; j++) {
      for (let k = 0; k < n2; k++) {
        let from = i * s0 + j * s1 + k * s2;
        for (let l = 0; l < n3; l++, from += s3) permuted[next++] = values[from] as number;
      }
    }
  }
  return permuted;
}
