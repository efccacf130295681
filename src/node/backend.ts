import { announce } from '../announce.ts';
import { type Backend, type BackendName, cpuBackend, startBackend, wasmBackend } from '../backend.ts';
import { requestThreads, tensorflowBackend } from './tensorflow.ts';
import { webgpuBackend } from './webgpu.ts';

/** What Node has, best first. */
export const nodeBackends: readonly Backend[] = [tensorflowBackend, webgpuBackend, wasmBackend, cpuBackend];

export type BackendOptions = {
  /** How many processors one operation of 'tensorflow' uses; all by default. The other backends have no such setting. */
  threads?: number;
};

/**
 * Chooses the engine that computes: the best that works, or the named one.
 * @returns the name of the backend in use
 * @throws RangeError on an unknown name or a number of threads that is none, Error where the named one does not work here,
 *   or not with so many threads, with the cure
 */
export async function useBackend(name?: BackendName, { threads }: BackendOptions = {}): Promise<BackendName> {
  if (threads !== undefined) {
    if (name !== undefined && name !== 'tensorflow')
      throw new RangeError(
        `Cannot use ${threads} threads with backend '${name}': only 'tensorflow' has threads to choose`,
      );
    requestThreads(threads);
  }
  const used = await startBackend(nodeBackends, name);
  if (threads !== undefined && used !== 'tensorflow')
    announce(`the number of threads has no effect on backend '${used}', only on 'tensorflow'`);
  return used;
}
