import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import { getThreadsCount, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import type { BackendName } from '../../backend.ts';
import { describeAdapter, runningAdapter } from '../../webgpu.ts';

export type Device = {
  /** Of the engine. */
  version: string;
  /** What it computes on. */
  name: string;
  /** Threads on the processor; undefined where a graphics processor computes. */
  threads?: number;
};

/** What the backend in use is, and what it computes on. */
export async function describeDevice(backend: BackendName): Promise<Device> {
  if (backend === 'webgpu') {
    const { version } = createRequire(import.meta.url)('webgpu/package.json') as { version: string };
    const info = runningAdapter();
    return { version, name: info ? describeAdapter(info) : 'unknown' };
  }
  if (backend === 'tensorflow') return describeTensorflow();
  if (backend === 'wasm') {
    const hasSimd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    const isThreaded = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
    const name = `${processor()}, ${hasSimd ? 'with' : 'without'} SIMD`;
    return { version: version_wasm, name, threads: isThreaded ? getThreadsCount() : 1 };
  }
  return { version: tf.version_core, name: processor(), threads: 1 };
}

/** The processor's name, as the system gives it. */
export function processor(): string {
  return cpus()[0]?.model.replace(/\s+/g, ' ').trim() || process.arch;
}

/** What tfjs-node's kernel backend keeps of its binding. */
type TensorflowBackend = { binding?: { TF_Version?: string; isUsingGpuDevice?: () => boolean } };

function describeTensorflow(): Device {
  const { binding } = tf.backend() as TensorflowBackend;
  const version = binding?.TF_Version ?? 'unknown';
  if (binding?.isUsingGpuDevice?.()) return { version, name: 'a graphics processor, by CUDA' };
  const threads = Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism();
  return { version, name: processor(), threads };
}
