import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { fusedKernels } from '../nn/fused-kernels.ts';
import { places } from './native/where.ts';

/** What tfjs-node's backend has besides tfjs's interface. */
type TensorflowBackend = {
  binding: Record<'TF_ATTR_FLOAT' | 'TF_ATTR_INT', number>;
  executeMultipleOutputs: (
    name: string,
    attributes: object[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ) => tf.TensorInfo[];
};

/** Inputs in TensorFlow's order, the attribute, and how many results where it is not one. */
type Signature = { inputs: readonly string[]; float?: string; int?: string; outputs?: number };

const signatures: Record<string, Signature> = {
  [fusedKernels.layerNorm]: { inputs: ['x', 'gain', 'bias'], float: 'epsilon' },
  [fusedKernels.biasActivation]: { inputs: ['x', 'bias'], int: 'gelu' },
  [fusedKernels.biasResidual]: { inputs: ['x', 'bias', 'residual'] },
  [fusedKernels.attend]: { inputs: ['qkv', 'bias', 'mask'], int: 'heads' },
  [fusedKernels.layerNormBackward]: { inputs: ['x', 'gain', 'dy'], float: 'epsilon', outputs: 3 },
  [fusedKernels.biasActivationBackward]: { inputs: ['x', 'bias', 'dy'], int: 'gelu', outputs: 2 },
  [fusedKernels.sumRows]: { inputs: ['x'] },
  [fusedKernels.attendBackward]: { inputs: ['qkv', 'bias', 'mask', 'dy'], int: 'heads' },
  [fusedKernels.adamW]: { inputs: ['factors', 'parameter', 'gradient', 'first', 'second'], outputs: 3 },
};

/**
 * Registers the operators that `native install` compiled, for TensorFlow on processors: on a GPU its own are faster than a
 * way back to memory.
 */
export function registerFusedOperators(directory: string): void {
  const path = join(directory, places.kernels);
  createRequire(path)(path);
  for (const [kernelName, { inputs: names, float, int, outputs = 1 }] of Object.entries(signatures)) {
    const kernelFunc: tf.KernelFunc = ({ inputs, attrs, backend }) => {
      const { binding, executeMultipleOutputs } = backend as TensorflowBackend;
      const attributes = [
        ...(float ? [{ name: float, type: binding.TF_ATTR_FLOAT, value: attrs?.[float] }] : []),
        ...(int ? [{ name: int, type: binding.TF_ATTR_INT, value: attrs?.[int] }] : []),
      ];
      const ordered = names.map((name) => inputs[name] as tf.TensorInfo);
      const results = executeMultipleOutputs.call(backend, kernelName, attributes, ordered, outputs);
      return outputs === 1 ? (results[0] as tf.TensorInfo) : results;
    };
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
  }
}
