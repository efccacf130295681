/** Arrays of float64 numbers with a shape: what the cases are computed in a second time, without tfjs. */
export type Plain = { shape: readonly number[]; values: Float64Array; dtype: 'float32' | 'int32' | 'bool' };

/** An array from a formula of its indices. */
export function plain(
  shape: readonly number[],
  value: (...index: number[]) => number,
  dtype: Plain['dtype'] = 'float32',
): Plain {
  const values = new Float64Array(sizeOf(shape));
  const index: number[] = shape.map(() => 0);
  for (let flat = 0; flat < values.length; flat++) {
    values[flat] = Number(value(...index));
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return { shape, values, dtype };
}

/** One value. */
export function at({ shape, values }: Plain, ...index: number[]): number {
  let flat = 0;
  for (let axis = 0; axis < shape.length; axis++) flat = flat * (shape[axis] as number) + (index[axis] as number);
  return values[flat] as number;
}

/** term(0) + ... + term(count - 1) */
export function sum(count: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

/** The same formula for every value. */
export function each(x: Plain, value: (x: number) => number, dtype: Plain['dtype'] = x.dtype): Plain {
  return { shape: x.shape, values: x.values.map((number) => Number(value(number))), dtype };
}

/** A formula of two arrays of one shape, or of an array and one that fits its last axes. */
export function both(
  x: Plain,
  y: Plain,
  value: (x: number, y: number) => number,
  dtype: Plain['dtype'] = x.dtype,
): Plain {
  const values = x.values.map((number, flat) => Number(value(number, y.values[flat % y.values.length] as number)));
  return { shape: x.shape, values, dtype };
}

/** A formula of each row along the last axis. */
export function eachRow(x: Plain, value: (row: Float64Array) => ArrayLike<number>): Plain {
  const width = x.shape.at(-1) as number;
  const values = new Float64Array(x.values.length);
  for (let start = 0; start < values.length; start += width)
    values.set(value(x.values.subarray(start, start + width)), start);
  return { ...x, values };
}

/** One number per row along the last axis. */
export function perRow(x: Plain, value: (row: Float64Array) => number, dtype: Plain['dtype'] = x.dtype): Plain {
  const width = x.shape.at(-1) as number;
  const shape = x.shape.slice(0, -1);
  const values = Float64Array.from({ length: sizeOf(shape) }, (_, row) =>
    value(x.values.subarray(row * width, (row + 1) * width)),
  );
  return { shape, values, dtype };
}

/** The same values in another shape. */
export function reshaped(x: Plain, shape: readonly number[]): Plain {
  return { ...x, shape };
}

/** Axis i of the result is axis `order[i]` of x. */
export function transposed(x: Plain, order: readonly number[]): Plain {
  const shape = order.map((axis) => x.shape[axis] as number);
  return plain(shape, (...index) => at(x, ...x.shape.map((_, axis) => index[order.indexOf(axis)] as number)), x.dtype);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1);
}
