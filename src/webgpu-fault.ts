import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** The error of a device that was lost, or that reported an error which makes its numbers worthless. */
const faults = new WeakMap<GPUDevice, Error>();

/** Whether the device computes no longer. */
export function hasFailed(device: GPUDevice): boolean {
  return faults.has(device);
}

/** How long a read that failed waits for the device to say why, in milliseconds. */
const patience = 200;

/**
 * tfjs does not look at its device's faults: after the loss of the device, reads fail without a message or never end, and
 * after an error, such as a tensor larger than a buffer may be, results are zeros. From here on both make operations and
 * reads throw, also the reads that are under way.
 */
export function failAfterFault(backend: WebGPUBackend): void {
  const { device } = backend;
  const read = backend.read.bind(backend);
  const reading = new Set<(error: Error) => void>();
  const fail = (what: string) => {
    if (faults.has(device)) return;
    const error = new Error(
      `Cannot compute with backend 'webgpu': ${what}; call useBackend() again and load the model anew`,
    );
    faults.set(device, error);
    backend.runWebGPUProgram = backend.readSync = () => {
      throw error;
    };
    for (const reject of reading) reject(error);
  };
  backend.read = (dataId) =>
    new Promise((resolve, reject) => {
      const fault = faults.get(device);
      if (fault) return reject(fault);
      reading.add(reject);
      const waitForCause = async (error: Error) => {
        await new Promise((resume) => setTimeout(resume, patience));
        reject(error);
      };
      const end = () => reading.delete(reject);
      read(dataId).then(resolve, waitForCause).finally(end);
    });
  void device.lost.then(({ reason, message }) => fail(`the device was lost (${reason}${message && `: ${message}`})`));
  device.addEventListener('uncapturederror', ({ error }) => {
    fail(`the device reported: ${error.message.split('\n')[0]?.replace(/\.$/, '')}`);
  });
}
