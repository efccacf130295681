import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { fusedKernels } from '../nn/fused-block.ts';
import { kernelsModule } from './kernels-module.ts';

/** What kernels/wasm.cc exports: arguments are addresses in the heap of tfjs's module, then sizes. */
type Exports = Record<
  'clipLayerNorm' | 'clipBiasQuickGelu' | 'clipBiasGelu' | 'clipBiasResidual' | 'clipAttendScratch' | 'clipAttend',
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

type Compute = (inputs: Record<string, tf.TensorInfo>, attributes: Record<string, number>) => tf.TensorInfo;

function kernelFunctions(exports: Exports, heap: Heap, backend: BackendWasm): Record<string, Compute> {
  const address = (tensor: tf.TensorInfo | undefined) => backend.getMemoryOffset(tensor!.dataId);
  const likeRows = (x: tf.TensorInfo | undefined, compute: (y: number, rows: number, width: number) => void) => {
    const [rows, width] = x!.shape as [number, number];
    const y = backend.makeOutput([rows, width], 'float32');
    compute(address(y), rows, width);
    return y;
  };
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
      const headDim = tripleWidth / 3 / heads!;
      const y = backend.makeOutput([batch * seq, tripleWidth / 3], 'float32');
      const scratch = heap._malloc(4 * exports.clipAttendScratch(seq, headDim));
      const maskAddress = mask!.shape.length === 2 ? address(mask) : 0;
      exports.clipAttend(address(qkv), address(bias), maskAddress, address(y), batch, seq, heads!, headDim, scratch);
      heap._free(scratch);
      return y;
    },
  };
}
