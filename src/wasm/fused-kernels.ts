import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { fusedKernels } from '../nn/fused-kernels.ts';
import { productKernels, registerProductGradient } from '../nn/product.ts';
import { kernelsModule } from './kernels-module.ts';

/** What kernels/wasm.cc exports: arguments are addresses in the heap of tfjs's module, then sizes. */
type Exports = Record<
  | 'clipLayerNorm'
  | 'clipBiasQuickGelu'
  | 'clipBiasGelu'
  | 'clipBiasResidual'
  | 'clipAttendScratch'
  | 'clipAttend'
  | 'clipLayerNormBackward'
  | 'clipBiasQuickGeluBackward'
  | 'clipBiasGeluBackward'
  | 'clipSumRows'
  | 'clipAttendBackwardScratch'
  | 'clipAttendBackward'
  | 'clipTransposedProduct'
  | 'clipAdamW',
  (...addressesAndSizes: number[]) => number
>;

/** The part of tfjs's module that is used here; its types do not name it. With threads the memory is not among its exports. */
type Heap = {
  _malloc: (bytes: number) => number;
  _free: (address: number) => void;
  asm: { memory?: WebAssembly.Memory };
};

const stackBytes = 65536;

/** The engine that the operators were registered for: their module computes in its memory. */
let servedBackend: BackendWasm | undefined;

/**
 * Registers the fused operators for the backend wasm: a small module of our own that computes in the memory of tfjs's.
 * Where there is no SIMD, or other threads share the memory, it does nothing: blocks then run in tfjs's own operators.
 */
export async function registerFusedKernels(backend: BackendWasm): Promise<void> {
  const heap = backend.wasm as unknown as Heap;
  const code = Uint8Array.from(atob(kernelsModule), (letter) => letter.charCodeAt(0));
  const { memory } = heap.asm;
  if (!(memory?.buffer instanceof ArrayBuffer) || !WebAssembly.validate(code)) return;
  if (servedBackend === backend) return;
  const exports = await instantiate(code, heap, memory);
  for (const [kernelName, compute] of Object.entries(kernelFunctions(exports, heap, backend))) {
    const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) =>
      compute(inputs as Record<string, tf.TensorInfo>, attrs as Record<string, number>);
    if (servedBackend) tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
  }
  servedBackend = backend;
  registerProductGradient();
}

/** The module is position-independent and has no data: it needs the memory, and a stack in it that grows downwards. */
async function instantiate(code: Uint8Array<ArrayBuffer>, heap: Heap, memory: WebAssembly.Memory): Promise<Exports> {
  const stackTop = heap._malloc(stackBytes) + stackBytes;
  const env = {
    memory,
    __stack_pointer: new WebAssembly.Global({ value: 'i32', mutable: true }, stackTop - (stackTop % 16)),
    __memory_base: new WebAssembly.Global({ value: 'i32' }, 0),
    __table_base: new WebAssembly.Global({ value: 'i32' }, 0),
  };
  const { instance } = await WebAssembly.instantiate(code, { env });
  return instance.exports as Exports;
}

type Compute = (
  inputs: Record<string, tf.TensorInfo>,
  attributes: Record<string, number>,
) => tf.TensorInfo | tf.TensorInfo[];

function kernelFunctions(exports: Exports, heap: Heap, backend: BackendWasm): Record<string, Compute> {
  const address = (tensor: tf.TensorInfo | undefined) => backend.getMemoryOffset(tensor!.dataId);
  const make = (...shape: number[]) => backend.makeOutput(shape, 'float32');
  const likeRows = (x: tf.TensorInfo | undefined, compute: (y: number, rows: number, width: number) => void) => {
    const [rows, width] = x!.shape as [number, number];
    const y = make(rows, width);
    compute(address(y), rows, width);
    return y;
  };
  const withScratch = (floats: number, compute: (scratch: number) => void) => {
    const scratch = heap._malloc(4 * floats);
    compute(scratch);
    heap._free(scratch);
  };
  const maskAddress = (mask: tf.TensorInfo | undefined) => (mask!.shape.length === 2 ? address(mask) : 0);
  return {
    [fusedKernels.layerNorm]: ({ x, gain, bias }, { epsilon }) =>
      likeRows(x, (y, rows, width) =>
        exports.clipLayerNorm(address(x), address(gain), address(bias), y, rows, width, epsilon!),
      ),
    [fusedKernels.biasActivation]: ({ x, bias }, { gelu }) =>
      likeRows(x, (y, rows, width) =>
        exports[gelu ? 'clipBiasGelu' : 'clipBiasQuickGelu'](address(x), address(bias), y, rows, width),
      ),
    [fusedKernels.biasResidual]: ({ x, bias, residual }) =>
      likeRows(x, (y, rows, width) =>
        exports.clipBiasResidual(address(x), address(bias), address(residual), y, rows, width),
      ),
    [fusedKernels.attend]: ({ qkv, bias, mask }, { heads }) => {
      const [batch, seq, tripleWidth] = qkv!.shape as [number, number, number];
      const sizes = [batch, seq, heads!, tripleWidth / 3 / heads!] as const;
      const y = make(batch * seq, tripleWidth / 3);
      withScratch(exports.clipAttendScratch(seq, sizes[3]), (scratch) =>
        exports.clipAttend(address(qkv), address(bias), maskAddress(mask), address(y), ...sizes, scratch),
      );
      return y;
    },
    [fusedKernels.layerNormBackward]: ({ x, gain, dy }, { epsilon }) => {
      const [rows, width] = x!.shape as [number, number];
      const results = [make(rows, width), make(width), make(width)];
      const [dx, dGain, dBias] = results.map(address) as [number, number, number];
      exports.clipLayerNormBackward(address(x), address(gain), address(dy), dx, dGain, dBias, rows, width, epsilon!);
      return results;
    },
    [fusedKernels.biasActivationBackward]: ({ x, bias, dy }, { gelu }) => {
      const [rows, width] = x!.shape as [number, number];
      const results = [make(rows, width), make(rows, width)];
      const addresses = [x, bias, dy, ...results].map(address);
      exports[gelu ? 'clipBiasGeluBackward' : 'clipBiasQuickGeluBackward'](...addresses, rows, width);
      return results;
    },
    [fusedKernels.sumRows]: ({ x }) => {
      const [rows, width] = x!.shape as [number, number];
      const y = make(width);
      exports.clipSumRows(address(x), address(y), rows, width);
      return y;
    },
    [fusedKernels.attendBackward]: ({ qkv, bias, mask, dy }, { heads }) => {
      const [batch, seq, tripleWidth] = qkv!.shape as [number, number, number];
      const sizes = [batch, seq, heads!, tripleWidth / 3 / heads!] as const;
      const dqkv = make(batch, seq, tripleWidth);
      const inputs = [address(qkv), address(bias), maskAddress(mask), address(dy)] as const;
      withScratch(exports.clipAttendBackwardScratch(seq, sizes[3]), (scratch) =>
        exports.clipAttendBackward(...inputs, address(dqkv), ...sizes, scratch),
      );
      return dqkv;
    },
    [fusedKernels.adamW]: ({ factors, parameter, gradient, first, second }) => {
      const results = [parameter, first, second].map((before) => make(...before!.shape));
      const addresses = [factors, parameter, gradient, first, second, ...results].map(address);
      exports.clipAdamW(...addresses, tf.util.sizeFromShape(parameter!.shape));
      return results;
    },
    [productKernels.product]: ({ x, kernel }) => {
      const { kernelFunc } = tf.getKernel('BatchMatMul', 'wasm')!;
      const inputs = { a: x!, b: kernel! };
      return kernelFunc({ inputs, backend, attrs: { transposeA: false, transposeB: false } });
    },
    [productKernels.transposedProduct]: ({ x, dy }) => {
      const [rows, inputs] = x!.shape as [number, number];
      const outputs = dy!.shape[1] as number;
      const y = make(inputs, outputs);
      exports.clipTransposedProduct(address(x), address(dy), address(y), rows, inputs, outputs);
      return y;
    },
  };
}
