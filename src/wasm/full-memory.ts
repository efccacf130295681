import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** The part of tfjs's module by which tensors, and our operators, get memory. */
type Allocator = { _malloc: (bytes: number) => number; _free: (address: number) => void; isGuarded?: boolean };

/**
 * Has the engine say when its memory is full. tfjs 4.22 takes the address 0 that it is given then for memory like any other,
 * writes over the module's own data, and aborts at some later time, or computes nonsense.
 */
export function guardMemory(backend: Pick<BackendWasm, 'wasm'>): void {
  const allocator = backend.wasm as unknown as Allocator;
  if (allocator.isGuarded) return;
  allocator._free(allocator._malloc(1)); // at the first call, the module puts another function in the place of this one
  const { _malloc: allocate } = allocator;
  allocator._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address === 0 && bytes > 0)
      throw new RangeError(
        `Cannot compute: expected ${bytes} bytes of WebAssembly's memory, 4 GB at most, but it is full; take smaller batches (batchSize, chunkSize), free models, or use another backend`,
      );
    return address;
  };
  allocator.isGuarded = true;
}
