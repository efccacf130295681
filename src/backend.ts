import * as tf from '@tensorflow/tfjs';
import { announce } from './announce.ts';

export type BackendName = 'wasm' | 'cpu';

/** Best first. Each is loaded when its turn comes; tfjs itself brings 'cpu'. */
const backends: readonly { name: BackendName; load: () => Promise<unknown> }[] = [
  { name: 'wasm', load: () => import('@tensorflow/tfjs-backend-wasm') },
  { name: 'cpu', load: () => Promise.resolve() },
];

/**
 * Chooses the engine that computes: the best that works, or the named one.
 * @returns the name of the backend in use
 * @throws RangeError on an unknown name, Error where the named one does not work here
 */
export async function useBackend(name?: BackendName): Promise<BackendName> {
  const asked = name === undefined ? backends : backends.filter((backend) => backend.name === name);
  if (asked.length === 0) {
    const names = backends.map((backend) => `'${backend.name}'`).join(' or ');
    throw new RangeError(`Cannot use backend '${name}': expected ${names}`);
  }
  const faults: string[] = [];
  for (const backend of asked) {
    try {
      await backend.load();
      // tfjs falls back to another backend without an error, so what it says is checked against what it did.
      if ((await tf.setBackend(backend.name)) && tf.getBackend() === backend.name) {
        if (faults.length > 0) announce(`computing with backend '${backend.name}', because ${faults.join('; ')}`);
        return backend.name;
      }
      faults.push(`${backend.name} did not start`);
    } catch (error) {
      faults.push(`${backend.name}: ${(error as Error).message}`);
    }
  }
  throw new Error(`Cannot use ${name === undefined ? 'any backend' : `backend '${name}'`}: ${faults.join('; ')}`);
}
