import { readdirSync } from 'node:fs';
import { type Backend, BackendMissing } from '../backend.ts';
import { probeAdapter, runningAdapter, startWebgpu } from '../webgpu.ts';

/** Dawn, the WebGPU of Chromium, from the optional package `webgpu`: Vulkan on Linux, Metal on macOS, Direct3D 12 on Windows. */
export const webgpuBackend: Backend = { name: 'webgpu', load: loadWebgpu };

async function loadWebgpu(insisted: boolean): Promise<void> {
  if (!insisted && !runningAdapter() && !hasGraphicsDevice())
    throw new BackendMissing(`this machine shows no graphics processor under /dev; ${cure}`);
  const { create, globals } = await importDawn();
  const gpu = globalThis.navigator?.gpu ?? create([]);
  const adapter = await probeAdapter(gpu, insisted, cure);
  if (!adapter) return;
  Object.assign(globalThis, globals);
  exposeGpu(gpu);
  await startWebgpu(adapter);
}

type Dawn = { create: (options: string[]) => GPU; globals: object };

async function importDawn(): Promise<Dawn> {
  try {
    return (await import('webgpu')) as Dawn;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND')
      throw new BackendMissing("the package 'webgpu' is not installed; npm install webgpu");
    if (code === 'MODULE_NOT_FOUND')
      throw new BackendMissing(`the package 'webgpu' has no build for ${process.platform} ${process.arch}; use wasm`);
    throw new Error(`the package 'webgpu' does not load (${message}); it needs glibc 2.34 or newer on Linux`);
  }
}

/** tfjs looks for `navigator.gpu`. Node 21 and newer have a navigator already; it stays. */
function exposeGpu(gpu: GPU): void {
  if (globalThis.navigator?.gpu) return;
  const major = process.versions.node.split('.')[0];
  if (!globalThis.navigator) {
    const value = { userAgent: `Node.js/${major}` };
    Object.defineProperty(globalThis, 'navigator', { value, configurable: true, writable: true });
  }
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
}

const cure =
  process.platform === 'linux'
    ? "install the graphics processor's driver and the Vulkan loader (Debian and Ubuntu: libvulkan1); `vulkaninfo --summary` should list it"
    : "install the graphics processor's driver";

/** What Linux's kernel calls graphics processors: DRM, NVIDIA, WSL, Mali, Adreno. */
const deviceNames = /^(dri|nvidia\d+|dxg|mali\d+|kgsl-3d0)$/;

/** On Linux a look at /dev saves starting Dawn, a third of a second and lines of its warnings, where nothing can come of it. */
function hasGraphicsDevice(): boolean {
  return process.platform !== 'linux' || readdirSync('/dev').some((name) => deviceNames.test(name));
}
