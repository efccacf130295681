import { type Backend, type BackendName, cpuBackend, startBackend, wasmBackend } from './backend.ts';
import { webglBackend } from './webgl.ts';
import { probeAdapter, startWebgpu } from './webgpu.ts';

const webgpuBackend: Backend = {
  name: 'webgpu',
  load: async (insisted) => {
    const adapter = await probeAdapter(globalThis.navigator?.gpu, insisted, 'use a browser that has it, over https');
    if (adapter) await startWebgpu(adapter);
  },
};

/** What browsers have, best first. */
export const browserBackends: readonly Backend[] = [webgpuBackend, webglBackend, wasmBackend, cpuBackend];

/**
 * Chooses the engine that computes: the best that works, or the named one. In Node, `clip-tfjs/node` has the useBackend
 * that knows native engines.
 * @returns the name of the backend in use
 * @throws RangeError on a name that is not known here, Error where the named one does not work here, with the cure
 */
export function useBackend(name?: BackendName): Promise<BackendName> {
  return startBackend(browserBackends, name);
}
