import { type Backend, type BackendName, cpuBackend, startBackend, wasmBackend } from '../backend.ts';
import { webgpuBackend } from './webgpu.ts';

/** What Node has, best first. */
export const nodeBackends: readonly Backend[] = [webgpuBackend, wasmBackend, cpuBackend];

/**
 * Chooses the engine that computes: the best that works, or the named one.
 * @returns the name of the backend in use
 * @throws RangeError on an unknown name, Error where the named one does not work here, with the cure
 */
export function useBackend(name?: BackendName): Promise<BackendName> {
  return startBackend(nodeBackends, name);
}
