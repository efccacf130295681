import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { announce } from './announce.ts';
import { guardMemory } from './wasm/full-memory.ts';
import { registerFusedKernels } from './wasm/fused-kernels.ts';
import { registerIdentity } from './wasm/identity.ts';
import { registerSegmentSum } from './wasm/segment-sum.ts';

export type BackendName = 'tensorflow' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/**
 * One of tfjs's engines. `load` registers it; it throws a BackendMissing where the engine or its device is not there,
 * anything else where it is there and broken. `insisted` says that the user named it: then an engine that is there but no
 * faster than the next one, such as WebGPU without a graphics processor, is taken too.
 */
export type Backend = { name: BackendName; load: (insisted: boolean) => Promise<unknown> };

/** An engine that is not on this machine. The message says how to get it. */
export class BackendMissing extends Error {
  override readonly name = 'BackendMissing';
}

export const wasmBackend: Backend = {
  name: 'wasm',
  load: async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    registerSegmentSum();
    registerIdentity();
    if (!(await tf.setBackend('wasm'))) return;
    const backend = tf.backend() as BackendWasm;
    guardMemory(backend);
    await registerFusedKernels(backend);
  },
};

/** Plain JavaScript, part of tfjs itself. */
export const cpuBackend: Backend = { name: 'cpu', load: () => Promise.resolve() };

/**
 * Starts the first of the engines that works, or the named one. One that is there and broken is announced, one that is
 * not there only where it was asked for.
 */
export async function startBackend(backends: readonly Backend[], name?: BackendName): Promise<BackendName> {
  const asked = name === undefined ? backends : backends.filter((backend) => backend.name === name);
  if (asked.length === 0) {
    const names = backends.map((backend) => `'${backend.name}'`).join(', ');
    throw new RangeError(`Cannot use backend '${name}': expected one of ${names}`);
  }
  const faults: string[] = [];
  for (const backend of asked) {
    try {
      await start(backend, name !== undefined);
      if (faults.length > 0) announce(`computing with backend '${backend.name}', because ${faults.join('; ')}`);
      return backend.name;
    } catch (error) {
      const isQuiet = error instanceof BackendMissing && name === undefined;
      if (!isQuiet) faults.push(`${backend.name}: ${(error as Error).message}`);
    }
  }
  throw new Error(`Cannot use ${name === undefined ? 'any backend' : `backend '${name}'`}: ${faults.join('; ')}`);
}

/**
 * Starts one engine. tfjs falls back to another without an error, so what it says is checked against what it did.
 * @throws BackendMissing where it is not there, Error where it is and does not start
 */
export async function start({ name, load }: Backend, insisted: boolean): Promise<void> {
  await load(insisted);
  if ((await tf.setBackend(name)) && tf.getBackend() === name) return;
  throw new Error('it did not start');
}
