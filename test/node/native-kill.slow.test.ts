import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeStandIns, type StandIns } from './native-stand-ins.ts';

const script = fileURLToPath(new URL('./native-install-child.js', import.meta.url));

describe('an installation of native TensorFlow that is killed', () => {
  let directory: string;
  let native: string;
  let standIns: StandIns;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    native = join(directory, 'cache', 'native');
    standIns = await makeStandIns(directory);
  });
  after(() => rm(directory, { recursive: true }));

  function start(): ChildProcess {
    const env = { ...process.env, PATH: `${standIns.bin}${delimiter}${process.env.PATH}`, CXX: 'g++' };
    return spawn(process.execPath, [script, directory, native, JSON.stringify(standIns.pins)], {
      env,
      stdio: 'inherit',
    });
  }

  /** Kills it once it has begun a step, and lets what it started end, as it may. */
  async function killIn(step: string): Promise<void> {
    const before = (await standIns.calls()).length;
    await writeFile(join(directory, 'hold', step), '');
    const installing = start();
    const ended = once(installing, 'exit');
    while (!(await standIns.calls()).slice(before).includes(`${step} begins`)) {
      assert.equal(installing.exitCode, null, 'it ended by itself');
      await setTimeout(50);
    }
    installing.kill('SIGKILL');
    await ended;
    await rm(join(directory, 'hold', step));
    assert.equal(existsSync(native), false);
  }

  // Each waits until the lock of the killed one is seen to be stale, 10 s.
  it('goes on after the last step that was finished, and leaves nothing else behind', async () => {
    await killIn('npm');
    assert.deepEqual(await standIns.calls(), ['npm begins']);
    await killIn('pip');
    assert.deepEqual((await standIns.calls()).slice(1), ['npm begins', 'npm begins', 'pip begins']);
    await killIn('g++');
    assert.deepEqual((await standIns.calls()).slice(4), ['pip begins', 'g++ begins']);
    const library = join('tensorflow', 'libtensorflow_cc.so.2');
    const { ino } = await stat(join(`${native}.partial`, 'tree', library));
    await killIn('trial');
    assert.deepEqual((await standIns.calls()).slice(6), ['g++ begins', 'trial begins']);
    const [code] = await once(start(), 'exit');
    assert.equal(code, 0);
    assert.deepEqual((await standIns.calls()).slice(8), ['trial begins']);
    assert.equal((await stat(join(native, library))).ino, ino);
    assert.deepEqual(await readdir(join(native, '..')), ['native']);
    assert.deepEqual((await readdir(join(native, 'bin'))).sort(), [
      'tfjs_binding.node',
      'tfjs_binding.node.made-of.json',
    ]);
  }).timeout(180_000);
});
