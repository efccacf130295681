import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * Adds up the rows that share a segment: the gradient of tf.gather, so of the token embedding. tfjs 4.22 has it for every
 * backend but wasm. Rows of a segment that is not there are left out, as tfjs's cpu backend leaves them out.
 * x [rows, ...], segmentIds int32 [rows] -> [numSegments, ...]
 */
export const unsortedSegmentSum: tf.KernelConfig = {
  kernelName: 'UnsortedSegmentSum',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
    const { numSegments } = attrs as unknown as { numSegments: number };
    const wasm = backend as BackendWasm;
    const [rows = 0, ...rest] = x.shape;
    if (segmentIds.shape.length !== 1 || segmentIds.shape[0] !== rows) {
      throw new TypeError(
        `Cannot add up segments: expected ids [${rows}], one per row of x, but got [${segmentIds.shape.join(', ')}]`,
      );
    }
    const sums = wasm.makeOutput([numSegments, ...rest], x.dtype); // before the views below: it may move the heap
    const size = rest.reduce((product, extent) => product * extent, 1);
    const from = wasm.typedArrayFromHeap(x);
    const ids = wasm.typedArrayFromHeap(segmentIds);
    const to = wasm.typedArrayFromHeap(sums).fill(0);
    for (let row = 0; row < rows; row++) {
      const segment = ids[row] as number;
      if (segment < 0 || segment >= numSegments) continue;
      for (let i = 0; i < size; i++) (to[segment * size + i] as number) += from[row * size + i] as number;
    }
    return sums;
  },
};

/** Registers it. A kernel that tfjs has brought by then is left alone. */
export function registerSegmentSum(): void {
  const { kernelName, backendName } = unsortedSegmentSum;
  if (!tf.getKernel(kernelName, backendName)) tf.registerKernel(unsortedSegmentSum);
}
