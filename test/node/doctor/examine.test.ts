import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { type Backend, BackendMissing } from '../../../src/backend.ts';
import { examine, isWithinTolerance } from '../../../src/node/doctor/examine.ts';
import { examineApart } from '../../../src/node/doctor/examine-apart.ts';
import { measureSpeed } from '../../../src/node/doctor/speed.ts';

describe('examine()', () => {
  it('reports what is missing and what is broken', async () => {
    const missing: Backend = { name: 'tensorflow', load: () => Promise.reject(new BackendMissing('install it')) };
    assert.deepEqual(await examine(missing), { backend: 'tensorflow', state: 'missing', reason: 'install it' });
    const broken: Backend = { name: 'tensorflow', load: () => Promise.reject(new Error('no symbol')) };
    assert.deepEqual(await examine(broken), { backend: 'tensorflow', state: 'broken', reason: 'no symbol' });
    const idle: Backend = { name: 'webgl', load: () => Promise.resolve() }; // browsers' own: no other test can have registered it
    assert.equal((await examine(idle)).state, 'broken');
  });

  it('examines one that is taken only where it is named, and says why', async () => {
    const load = async (insisted: boolean) => {
      if (!insisted) throw new BackendMissing('too slow');
      await import('@tensorflow/tfjs-backend-wasm');
    };
    const { state, reason, device, checks = [], speed } = await examine({ name: 'wasm', load });
    assert.deepEqual([state, reason, device?.version, device?.threads], ['good', 'too slow', '4.22.0', 1]);
    assert.ok(checks.length > 5 && checks.every(isWithinTolerance));
    assert.ok(speed && speed.matmulGflops > 0 && speed.blockMsPerPicture > 0);
    const before = tf.memory().numTensors;
    await measureSpeed();
    assert.equal(tf.memory().numTensors, before);
  });
});

describe('examineApart()', () => {
  const directory = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(directory, { recursive: true }));

  /** A process in place of the one that examines. */
  function script(code: string): URL {
    const path = join(directory, 'child.mjs');
    writeFileSync(path, code);
    return pathToFileURL(path);
  }

  it('gives what the process sends', async () => {
    const checks = [{ name: 'GELU', compared: 80, error: Number.NaN }];
    const sent = "{ backend: process.argv[2], state: 'wrong', checks: [{ name: 'GELU', compared: 80, error: NaN }] }";
    const answer = await examineApart('cpu', 10_000, script(`process.send(${sent}, () => process.exit());`));
    assert.deepEqual(answer, { backend: 'cpu', state: 'wrong', checks });
  });

  it('outlives one that crashes', async () => {
    const code = "console.error('bad driver'); process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1000);";
    assert.deepEqual(await examineApart('webgpu', 10_000, script(code)), {
      backend: 'webgpu',
      state: 'crashed',
      reason: 'its process ended with SIGSEGV: bad driver',
    });
  });

  it('ends one that hangs', async () => {
    assert.deepEqual(await examineApart('webgpu', 300, script('for (;;);')), {
      backend: 'webgpu',
      state: 'crashed',
      reason: 'no answer within 0.3 s',
    });
  });
});
