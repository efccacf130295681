import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { fusedKernels } from '../nn/fused-block.ts';
import { places } from './native/where.ts';

/** What tfjs-node's backend has besides tfjs's interface. */
type TensorflowBackend = {
  binding: Record<'TF_ATTR_FLOAT' | 'TF_ATTR_INT', number>;
  executeSingleOutput: (name: string, attributes: object[], inputs: tf.TensorInfo[]) => tf.TensorInfo;
};

/** Inputs in TensorFlow's order, and the attribute. */
const signatures: Record<string, { inputs: readonly string[]; float?: string; int?: string }> = {
  [fusedKernels.layerNorm]: { inputs: ['x', 'gain', 'bias'], float: 'epsilon' },
  [fusedKernels.biasActivation]: { inputs: ['x', 'bias'], int: 'gelu' },
  [fusedKernels.biasResidual]: { inputs: ['x', 'bias', 'residual'] },
  [fusedKernels.attend]: { inputs: ['qkv', 'bias', 'mask'], int: 'heads' },
};

/**
 * Registers the operators that `native install` compiled, for TensorFlow on processors: on a GPU its own are faster than a
 * way back to memory.
 */
export function registerFusedOperators(directory: string): void {
  const path = join(directory, places.kernels);
  createRequire(path)(path);
  for (const [kernelName, { inputs: names, float, int }] of Object.entries(signatures)) {
    const kernelFunc: tf.KernelFunc = ({ inputs, attrs, backend }) => {
      const { binding, executeSingleOutput } = backend as TensorflowBackend;
      const attributes = [
        ...(float ? [{ name: float, type: binding.TF_ATTR_FLOAT, value: attrs?.[float] }] : []),
        ...(int ? [{ name: int, type: binding.TF_ATTR_INT, value: attrs?.[int] }] : []),
      ];
      const ordered = names.map((name) => inputs[name] as tf.TensorInfo);
      return executeSingleOutput.call(backend, kernelName, attributes, ordered);
    };
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
  }
}
