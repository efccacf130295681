import * as tf from '@tensorflow/tfjs';
import { ModelError } from '../errors.ts';

/** WebAssembly of 32 bits addresses so much; what activations and tfjs itself need is left free. */
export const wasmHeap: number = 2 ** 32 - 2 ** 28;

/**
 * Refuses a model that cannot fit before its weights are read.
 * @param shapes what is to be loaded
 * @param available bytes that the process can still take; undefined where that cannot be known
 * @throws ModelError that says how much is needed and what would fit
 */
export function checkMemory(
  label: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  available: number | undefined,
): void {
  const backend = tf.getBackend();
  const needed = bytesNeeded(shapes, backend);
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  if (backend === 'wasm' && needed > wasmHeap) {
    throw new ModelError(
      `Cannot load ${label}: on wasm, which keeps a packed copy of each matrix, it needs ${gigabytes(needed)} of a heap that ` +
        `ends at ${gigabytes(wasmHeap)}; load one tower (towers: 'image' or 'text'), or use another backend`,
    );
  }
  if (available !== undefined && needed > available) {
    throw new ModelError(
      `Cannot load ${label}: on ${backend} it needs ${gigabytes(needed)} of memory and ${gigabytes(available)} are free; ` +
        `load one tower (towers: 'image' or 'text'), or free some`,
    );
  }
}

/** Bytes: float32, and on wasm the second copy of every matrix that XNNPACK packs when it is first multiplied with. */
export function bytesNeeded(shapes: ReadonlyMap<string, readonly number[]>, backend: string): number {
  let bytes = 0;
  for (const [name, shape] of shapes) {
    const isMultiplied = shape.length > 1 && !/(token|positional|class)Embedding$/.test(name);
    const copies = backend === 'wasm' && isMultiplied ? 2 : 1;
    bytes += 4 * copies * shape.reduce((size, extent) => size * extent, 1);
  }
  return bytes;
}
