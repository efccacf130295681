import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { announce } from './announce.ts';
import { registerFusedKernels } from './wasm/fused-kernels.ts';

export type BackendName = 'tensorflow' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/**
 * One of tfjs's engines. `load` registers it; it throws a BackendMissing where the engine or its device is not there,
 * anything else where it is there and broken.
 */
export type Backend = { name: BackendName; load: () => Promise<unknown> };

/** An engine that is not on this machine. The message says how to get it. */
export class BackendMissing extends Error {
  override readonly name = 'BackendMissing';
}

export const wasmBackend: Backend = {
  name: 'wasm',
  load: async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    if (await tf.setBackend('wasm')) await registerFusedKernels(tf.backend() as BackendWasm);
  },
};

/** Plain JavaScript, part of tfjs itself. */
export const cpuBackend: Backend = { name: 'cpu', load: () => Promise.resolve() };

/** What browsers have, best first. */
const browserBackends: readonly Backend[] = [wasmBackend, cpuBackend];

/**
 * Chooses the engine that computes: the best that works, or the named one. In Node, `clip-tfjs/node` has the useBackend
 * that knows native engines.
 * @returns the name of the backend in use
 * @throws RangeError on a name that is not known here, Error where the named one does not work here, with the cure
 */
export function useBackend(name?: BackendName): Promise<BackendName> {
  return startBackend(browserBackends, name);
}

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
      await start(backend);
      if (faults.length > 0) announce(`computing with backend '${backend.name}', because ${faults.join('; ')}`);
      return backend.name;
    } catch (error) {
      const isQuiet = error instanceof BackendMissing && name === undefined;
      if (!isQuiet) faults.push(`${backend.name}: ${(error as Error).message}`);
    }
  }
  throw new Error(`Cannot use ${name === undefined ? 'any backend' : `backend '${name}'`}: ${faults.join('; ')}`);
}

/** tfjs falls back to another engine without an error, so what it says is checked against what it did. */
async function start({ name, load }: Backend): Promise<void> {
  await load();
  if ((await tf.setBackend(name)) && tf.getBackend() === name) return;
  throw new Error('it did not start');
}
