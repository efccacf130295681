import { resampleModule } from './resample-module.ts';

/** A window in fixed point: where it starts, and the weights, whole numbers of 2 ** -22. */
export type Packed = { start: number; weights: Int32Array };

/** What kernels/resample.cc exports: arguments are addresses in its memory, and sizes. */
type Kernels = {
  memory: WebAssembly.Memory;
  __heap_base: WebAssembly.Global;
  weighColours: (
    x: number,
    stride: number,
    y: number,
    rows: number,
    columns: number,
    starts: number,
    weights: number,
    groups: number,
  ) => void;
  weighRow: (x: number, stride: number, y: number, weights: number, count: number) => void;
};

/** Bytes of a picture that are in the memory at once, unless a single window needs more. */
const share = 4 << 20;

/** The kernels read and write up to so many bytes behind the pixels. */
const margin = 16;

/** Not tried yet: undefined; not to be had: null. */
let kernels: Kernels | null | undefined;

/**
 * Whether the twins below can be used: not without WebAssembly's SIMD (everywhere since 2021, in Safari since 2023), nor in a
 * page whose Content-Security-Policy forbids WebAssembly.
 */
export function hasSimd(): boolean {
  if (kernels === undefined) kernels = instantiate();
  return kernels !== null;
}

function instantiate(): Kernels | null {
  const code = Uint8Array.from(atob(resampleModule), (letter) => letter.charCodeAt(0));
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(code)).exports as unknown as Kernels;
  } catch {
    return null; // the plain twins do the same work
  }
}

/** The twin of `weighRows8` for pictures of three channels. @param stride bytes of a row */
export function weighRowsBySimd(
  source: Uint8Array | Uint8ClampedArray,
  stride: number,
  data: Uint8Array,
  height: number,
  columns: readonly Packed[],
): void {
  const { weighColours } = kernels as Kernels;
  const groups = Math.ceil(Math.max(...columns.map(({ weights }) => weights.length)) / 4);
  const threefold = new Int32Array(columns.length * groups * 12);
  for (const [column, { weights }] of columns.entries())
    for (let at = 0; at < 3 * weights.length; at++)
      threefold[column * groups * 12 + at] = weights[Math.floor(at / 3)] as number;
  const width = 3 * columns.length;
  const most = Math.min(height, Math.max(1, Math.floor(share / stride)));
  const [starts, weights, x, y] = reserve([
    4 * columns.length,
    threefold.byteLength,
    most * stride + 12 * groups + margin, // behind the last pixel a window of zeros may reach
    most * width + margin,
  ]);
  const memory = bytes();
  new Uint32Array(memory.buffer, starts, columns.length).set(columns.map(({ start }) => 3 * start));
  new Int32Array(memory.buffer, weights, threefold.length).set(threefold);
  for (let first = 0; first < height; first += most) {
    const rows = Math.min(most, height - first);
    memory.set(source.subarray(first * stride, (first + rows) * stride), x);
    weighColours(x, stride, y, rows, columns.length, starts, weights, groups);
    data.set(memory.subarray(y, y + rows * width), first * width);
  }
}

/** The twin of `weighColumns8`. @param stride values of a row */
export function weighColumnsBySimd(
  source: Uint8Array | Uint8ClampedArray,
  stride: number,
  data: Uint8Array,
  rows: readonly Packed[],
): void {
  const { weighRow } = kernels as Kernels;
  const longest = Math.max(...rows.map(({ weights }) => weights.length));
  for (let first = 0; first < rows.length; ) {
    const begin = (rows[first] as Packed).start;
    const endOf = (row: number) => (rows[row] as Packed).start + (rows[row] as Packed).weights.length;
    let last = first;
    while (last + 1 < rows.length && (endOf(last + 1) - begin) * stride <= share) last++;
    const many = (endOf(last) - begin) * stride;
    const [x, y, w] = reserve([many + margin, stride + margin, 4 * longest]);
    const memory = bytes();
    memory.set(source.subarray(begin * stride, begin * stride + many), x);
    for (let row = first; row <= last; row++) {
      const { start, weights } = rows[row] as Packed;
      new Int32Array(memory.buffer, w, weights.length).set(weights);
      weighRow(x + (start - begin) * stride, stride, y, w, weights.length);
      data.set(memory.subarray(y, y + stride), row * stride);
    }
    first = last + 1;
  }
}

/** @returns addresses, multiples of 16, of so many bytes each; what was there before is given up */
function reserve<T extends number[]>(sizes: [...T]): { [K in keyof T]: number } {
  const { memory, __heap_base } = kernels as Kernels;
  let end = __heap_base.value as number;
  const addresses = sizes.map((size) => {
    const address = Math.ceil(end / 16) * 16;
    end = address + size;
    return address;
  });
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  return addresses as { [K in keyof T]: number };
}

function bytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array((kernels as Kernels).memory.buffer as ArrayBuffer);
}
