import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { BackendMissing } from './backend.ts';
import { isSoftwareDriver } from './software-driver.ts';
import { failAfterFault, hasFailed } from './webgpu-fault.ts';

/** What an adapter says of itself. */
export type AdapterInfo = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'> & {
  isFallbackAdapter?: boolean;
};

/** Whether an adapter is no graphics processor but a program that plays one: right, and slower than WebAssembly. */
export function isSoftware(info: AdapterInfo): boolean {
  return info.isFallbackAdapter === true || isSoftwareDriver(describeAdapter(info));
}

/** What an adapter says of itself, each thing once. */
export function describeAdapter({ device, description, architecture, vendor }: AdapterInfo): string {
  const said = (parts: string[], part: string) => parts.join().toLowerCase().includes(part.toLowerCase());
  const parts: string[] = [];
  for (const part of [device, description, architecture, vendor]) if (!said(parts, part)) parts.push(part);
  return parts.join(', ');
}

/** The engine of this process and what it computes on: WebGPU gives one device per adapter. */
let started: { backend: WebGPUBackend; info: AdapterInfo } | undefined;

/** What the engine computes on, if it is running. */
export function runningAdapter(): AdapterInfo | undefined {
  return started && !hasFailed(started.backend.device) ? started.info : undefined;
}

/**
 * Finds the graphics processor before tfjs does, which breaks where there is none.
 * @param insisted takes one that is a program, too
 * @param cure what to do where there is none
 * @returns undefined where the engine is running already
 * @throws BackendMissing
 */
export async function probeAdapter(
  gpu: GPU | undefined,
  insisted: boolean,
  cure: string,
): Promise<GPUAdapter | undefined> {
  const running = runningAdapter();
  const adapter = running ? undefined : await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  const info = running ?? adapter?.info;
  if (!info) throw new BackendMissing(`${gpu ? 'WebGPU found no graphics processor' : 'there is no WebGPU'}; ${cure}`);
  if (!insisted && isSoftware(info)) {
    throw new BackendMissing(
      `WebGPU would compute on the processor (${describeAdapter(info)}), slower than wasm; name 'webgpu' to use it all the same`,
    );
  }
  return adapter ?? undefined;
}

/** Registers the engine on a device of the adapter; `navigator.gpu` must be there. An engine that failed is replaced. */
export async function startWebgpu(adapter: GPUAdapter): Promise<void> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const { limits, features, info } = adapter;
  const device = await adapter.requestDevice({
    requiredFeatures: features.has('timestamp-query') ? ['timestamp-query'] : [],
    // The limits that tfjs asks for: all that there is of them, for weights are large.
    requiredLimits: {
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    },
  });
  const backend = new WebGPUBackend(device, info);
  failAfterFault(backend);
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu'); // tfjs's own registration, or one that failed
  tf.registerBackend('webgpu', () => backend, 3);
  started = { backend, info };
}

/** Gives the device back, so that nothing keeps the process alive. Its tensors are gone. @returns whether there was one */
export function closeWebgpu(): boolean {
  if (!started) return false;
  const { device } = started.backend;
  started = undefined;
  tf.removeBackend('webgpu');
  device.destroy();
  return true;
}
