import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * tf.clone, by reference, as every other backend has it: tensors do not change. tfjs 4.22 copies the numbers on wasm, and a
 * tape clones whatever a gradient will need, so that training took twice the memory.
 */
const identity: tf.KernelConfig = {
  kernelName: 'Identity',
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend }) => {
    const { dataId, shape, dtype } = inputs.x as tf.TensorInfo;
    (backend as BackendWasm).incRef(dataId);
    return { dataId, shape, dtype };
  },
};

/** Registers it in the place of tfjs's. */
export function registerIdentity(): void {
  if (tf.getKernel('Identity', 'wasm')) tf.unregisterKernel('Identity', 'wasm');
  tf.registerKernel(identity);
}
