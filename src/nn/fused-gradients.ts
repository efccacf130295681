import * as tf from '@tensorflow/tfjs';
import { fusedKernels, productKernels, runKernel } from './fused-kernels.ts';

type Gradient = (
  dy: tf.Tensor,
  saved: tf.Tensor[],
  attributes: Record<string, number>,
) => Record<string, () => tf.Tensor>;

/**
 * How the loss's derivative goes back through each fused operator: from `dy`, the one by its result, to those by its inputs.
 * The formulas of layer norm, activation and attention are where they are computed, in kernels/*-backward.h; a bias that
 * was added to every row gets the sum of the rows. tfjs calls the functions of those that it needs, and may dispose what
 * they give: hence the clones, which share memory.
 */
const gradients: Record<string, { inputsToSave: string[]; gradient: Gradient }> = {
  [fusedKernels.layerNorm]: {
    inputsToSave: ['x', 'gain'],
    gradient: (dy, [x, gain], attributes) => {
      const inputs = { x: x!, gain: gain!, dy };
      const all = tf.engine().runKernel<tf.Tensor[]>(fusedKernels.layerNormBackward, inputs, attributes);
      const [dx, dGain, dBias] = all as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
      return { x: () => tf.clone(dx), gain: () => tf.clone(dGain), bias: () => tf.clone(dBias) };
    },
  },
  [fusedKernels.biasActivation]: {
    inputsToSave: ['x', 'bias'],
    gradient: (dy, [x, bias], attributes) => {
      const dx = runKernel(fusedKernels.biasActivationBackward, { x: x!, bias: bias!, dy }, attributes);
      return { x: () => tf.clone(dx), bias: () => sumRows(dx) };
    },
  },
  [fusedKernels.biasResidual]: {
    inputsToSave: [],
    gradient: (dy) => ({ x: () => tf.clone(dy), bias: () => sumRows(dy), residual: () => tf.clone(dy) }),
  },
  [fusedKernels.attend]: {
    inputsToSave: ['qkv', 'bias', 'mask'],
    gradient: (dy, [qkv, bias, mask], attributes) => {
      const inputs = { qkv: qkv!, bias: bias!, mask: mask!, dy };
      const dqkv = runKernel(fusedKernels.attendBackward, inputs, attributes); // [batch, seq, 3 · width]
      const flatten = () => tf.reshape(dqkv, [-1, bias!.size]); // [batch · seq, 3 · width]
      return { qkv: () => tf.clone(dqkv), bias: () => sumRows(flatten()) };
    },
  },
  [productKernels.product]: {
    inputsToSave: ['x', 'kernel'],
    gradient: (dy, [x, kernel]) => ({
      x: () => tf.matMul(dy, tf.transpose(kernel!)), // wasm is slow at transposing inside the product
      kernel: () => runKernel(productKernels.transposedProduct, { x: x!, dy }),
    }),
  },
};

/** @param x [rows, width] @returns [width] */
function sumRows(x: tf.Tensor): tf.Tensor {
  return runKernel(fusedKernels.sumRows, { x });
}

/** Tells tfjs the gradients. They are the same for every engine that has the operators. */
export function registerFusedGradients(): void {
  for (const [kernelName, { inputsToSave, gradient }] of Object.entries(gradients)) {
    const gradFunc: tf.GradFunc = (dy, saved, attributes) =>
      gradient(dy as tf.Tensor, saved, attributes as Record<string, number>);
    tf.registerGradient({ kernelName, inputsToSave, gradFunc });
  }
}
