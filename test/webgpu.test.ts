import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { BackendMissing } from '../src/backend.ts';
import { useBackend } from '../src/node.ts';
import { isSoftwareDriver } from '../src/software-driver.ts';
import {
  type AdapterInfo,
  closeWebgpu,
  describeAdapter,
  isSoftware,
  probeAdapter,
  runningAdapter,
} from '../src/webgpu.ts';
import { failAfterFault, hasFailed } from '../src/webgpu-fault.ts';
import { testedBackends } from './golden.ts';

const geforce: AdapterInfo = {
  vendor: 'nvidia',
  architecture: 'ampere',
  device: '',
  description: 'NVIDIA GeForce RTX 3080',
};
const swiftshader: AdapterInfo = {
  vendor: 'google',
  architecture: 'swiftshader',
  device: 'swiftshader-device-subzero-',
  description: 'SwiftShader driver 5.0.0',
};

/** A browser's or Dawn's entry point with one adapter or none. */
function gpuWith(info?: AdapterInfo): GPU {
  return { requestAdapter: () => Promise.resolve(info ? { info } : null) } as unknown as GPU;
}

describe('probeAdapter()', () => {
  before(() => closeWebgpu()); // another test may have started it

  it('gives a graphics processor', async () => {
    assert.equal((await probeAdapter(gpuWith(geforce), false, 'install it'))?.info, geforce);
  });

  it('passes over a program that plays one, unless it is insisted on', async () => {
    await assert.rejects(probeAdapter(gpuWith(swiftshader), false, 'install it'), {
      name: 'BackendMissing',
      message:
        "WebGPU would compute on the processor (swiftshader-device-subzero-, SwiftShader driver 5.0.0, google), slower than wasm; name 'webgpu' to use it all the same",
    });
    assert.equal((await probeAdapter(gpuWith(swiftshader), true, 'install it'))?.info, swiftshader);
  });

  it('says what to do where there is none', async () => {
    for (const insisted of [false, true]) {
      await assert.rejects(
        probeAdapter(gpuWith(), insisted, 'install it'),
        new BackendMissing('WebGPU found no graphics processor; install it'),
      );
      await assert.rejects(
        probeAdapter(undefined, insisted, 'install it'),
        new BackendMissing('there is no WebGPU; install it'),
      );
    }
  });

  it('tells programs by their names or by what they say', () => {
    assert.ok(!isSoftware(geforce));
    assert.ok(isSoftware({ ...geforce, isFallbackAdapter: true }));
    for (const description of ['llvmpipe (LLVM 15.0.6, 256 bits)', 'Microsoft Basic Render Driver'])
      assert.ok(isSoftware({ ...geforce, description }), description);
    assert.ok(isSoftwareDriver('ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)'));
    assert.ok(!isSoftwareDriver('ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)'));
  });

  it('says each thing once', () => {
    assert.equal(describeAdapter(geforce), 'NVIDIA GeForce RTX 3080, ampere');
  });
});

describe('failAfterFault()', () => {
  type Loss = { reason: string; message: string };

  /** A backend whose reads never end, as after the loss of a device, or end as `read` does. */
  function stub(read = () => new Promise<never>(() => {})) {
    let lose: (loss: Loss) => void = () => {};
    const device = Object.assign(new EventTarget(), {
      lost: new Promise<Loss>((resolve) => {
        lose = resolve;
      }),
    });
    const backend = { device, read, runWebGPUProgram: () => 'ran', readSync: () => 'read' } as unknown as WebGPUBackend;
    failAfterFault(backend);
    const report = (message: string) =>
      device.dispatchEvent(Object.assign(new Event('uncapturederror'), { error: { message } }));
    return { backend, lose, report };
  }
  const run = ({ runWebGPUProgram }: WebGPUBackend) => (runWebGPUProgram as () => unknown)();

  it('ends a read that hangs, later reads and operations when the device is lost', async () => {
    const { backend, lose } = stub();
    assert.equal(run(backend), 'ran');
    const hanging = backend.read({});
    lose({ reason: 'unknown', message: 'the driver was reset' });
    const message =
      "Cannot compute with backend 'webgpu': the device was lost (unknown: the driver was reset); call useBackend() again and load the model anew";
    await assert.rejects(hanging, { message });
    await assert.rejects(backend.read({}), { message });
    assert.throws(() => run(backend), { message });
    assert.throws(() => backend.readSync({}), { message });
    assert.ok(hasFailed(backend.device));
  });

  it('gives the reason to a read that failed shortly before', async () => {
    const { backend, lose } = stub(() => Promise.reject(new Error('')));
    const failed = backend.read({});
    setTimeout(lose, 20, { reason: 'unknown', message: '' });
    await assert.rejects(failed, /the device was lost \(unknown\);/);
  });

  it('passes on what a read throws for another reason', async () => {
    const { backend } = stub(() => Promise.reject(new Error('not registered')));
    await assert.rejects(backend.read({}), /^Error: not registered$/);
    assert.ok(!hasFailed(backend.device));
  });

  it('believes no number after an error of the device, of which the first counts', async () => {
    const { backend, report } = stub(() => Promise.reject(new Error('invalid buffer')));
    report('Buffer size (3600000000) exceeds the max buffer size limit (1073741824).\n - While calling CreateBuffer');
    report('invalid due to a previous error');
    await assert.rejects(backend.read({}), /the device reported: Buffer size .* limit \(1073741824\); call useBackend/);
  });
});

describe('webgpu in Node', () => {
  it('is refused with the cure where there is no driver', function () {
    if (process.platform !== 'linux') this.skip(); // elsewhere the driver is part of the system
    const script = `import { useBackend } from '${join(process.cwd(), 'build/src/node.js')}'; await useBackend('webgpu');`;
    const env = { ...process.env, VK_ICD_FILENAMES: '/dev/null', VK_DRIVER_FILES: '/dev/null' };
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      env,
    });
    assert.equal(status, 1);
    assert.match(stderr, /Cannot use backend 'webgpu': webgpu: WebGPU found no .* \(Debian and Ubuntu: libvulkan1\)/);
  });

  if (!testedBackends.includes('webgpu')) return;

  it('keeps what navigator has', async () => {
    const { userAgent } = globalThis.navigator ?? { userAgent: `Node.js/${process.versions.node.split('.')[0]}` };
    assert.equal(await useBackend('webgpu'), 'webgpu');
    assert.ok(navigator.gpu);
    assert.equal(navigator.userAgent, userAgent);
  });

  it('is taken by itself only where a graphics processor computes', async () => {
    await useBackend('webgpu');
    const info = runningAdapter();
    assert.ok(info);
    assert.equal((await useBackend()) === 'webgpu', !isSoftware(info));
  });

  it('says that the device was lost, and starts again', async () => {
    await useBackend('webgpu');
    const ones = tf.ones([40, 40]);
    const sum = tf.matMul(ones, ones);
    (tf.backend() as WebGPUBackend).device.destroy();
    await assert.rejects(sum.data(), /Cannot compute with backend 'webgpu': the device was lost \(destroyed/);
    assert.throws(() => tf.matMul(ones, ones), /the device was lost/);
    tf.dispose([ones, sum]);
    assert.equal(await useBackend('webgpu'), 'webgpu');
    assert.equal((await tf.tidy(() => tf.matMul(tf.ones([40, 40]), tf.ones([40, 40]))).data())[7], 40);
  });

  it('throws instead of giving zeros where a tensor is too large for the device', async () => {
    await useBackend('webgpu');
    const { maxBufferSize } = (tf.backend() as WebGPUBackend).device.limits;
    const side = Math.ceil(Math.sqrt(maxBufferSize / 4)) + 1000;
    const before = tf.memory().numTensors;
    await assert.rejects(async () => {
      const number = tf.tidy(() => tf.slice(tf.add(tf.ones([side, side]), 1), [0, 0], [40, 40]));
      try {
        await number.data();
      } finally {
        number.dispose();
      }
    }, /the device reported: .*/);
    assert.equal(tf.memory().numTensors, before);
    assert.equal(await useBackend('webgpu'), 'webgpu');
  });

  it('is given back', async () => {
    await useBackend('webgpu');
    assert.ok(closeWebgpu());
    assert.equal(runningAdapter(), undefined);
    assert.ok(!closeWebgpu());
    assert.equal(await useBackend('webgpu'), 'webgpu');
  });
});
