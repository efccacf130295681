import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, post } from './ask.ts';
import { makePlace, type Place, removePlace } from './place.ts';

const main = join('build', 'src', 'cli', 'main.js');

describe('clip-tfjs serve', () => {
  let place: Place;
  before(async () => {
    place = await makePlace(6);
  });
  after(() => removePlace(place));

  const environment = () => ({ ...process.env, CLIP_TFJS_CACHE: join(place.root, 'cache') });

  function run(...args: string[]): { code: number | null; err: string } {
    const { status, stderr } = spawnSync(process.execPath, [main, 'serve', ...args], {
      encoding: 'utf8',
      env: environment(),
    });
    return { code: status, err: stderr };
  }

  /** Starts it; the address is what it says that it serves at. */
  async function start(
    ...args: string[]
  ): Promise<{ child: ChildProcess; url: string; said: () => string; ended: Promise<number | null> }> {
    const child = spawn(
      process.execPath,
      [main, 'serve', '--store', place.store, '--port', '0', '--backend', 'cpu', ...args],
      {
        env: environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let said = '';
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr?.on('data', (bytes) => {
        said += bytes;
        const found = /serving .* at (http:\/\/[\d.:]+)/.exec(said);
        if (found) resolve(found[1] as string);
      });
      void ended.then((code) => reject(new Error(`it ended with ${code}: ${said}`)));
    });
    return { child, url, said: () => said, ended };
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`serves until ${signal}, lets running requests end, and exits with 0`, async function () {
      if (process.platform === 'win32') this.skip();
      const { child, url, ended, said } = await start();
      assert.equal((await ask(`${url}/api/health`)).status, 200);
      const texts = Array.from({ length: 60 }, (_, i) => `a long text of number ${i}`);
      const long = post(`${url}/api/embed`, { texts });
      while ((await ask(`${url}/api/stats`)).json.running === 0);
      child.kill(signal);
      const { status, json } = await long;
      assert.deepEqual([status, json.embeddings.length], [200, 60]);
      assert.equal(await ended, 0);
      assert.match(said(), /stopping: running requests/);
    });

  it('asks for a token that comes from the environment, and does not print it', async () => {
    process.env.CLIP_TFJS_TOKEN = 'correct-horse-battery-staple';
    try {
      const { child, url, ended, said } = await start();
      assert.equal((await ask(`${url}/api/health`)).status, 401);
      const headers = { authorization: `Bearer ${process.env.CLIP_TFJS_TOKEN}` };
      assert.equal((await ask(`${url}/api/health`, { headers })).status, 200);
      child.kill('SIGTERM');
      await ended;
      assert.ok(!said().includes('correct-horse'));
    } finally {
      delete process.env.CLIP_TFJS_TOKEN;
    }
  });

  it('says at once what is wrong with how it is used', () => {
    const store = ['--store', place.store];
    for (const [args, message] of [
      [[], /required option.*--store/],
      [[...store, '--host', '0.0.0.0'], /Cannot serve at 0\.0\.0\.0: .* needs a token.*--token/],
      [[...store, '--token', 'short'], /16 characters or more but got 5/],
      [[...store, '--port', '70000'], /expected a port, 0 to 65535/],
      [[...store, '--port', 'x'], /expected a port/],
    ] as const) {
      const { code, err } = run(...args);
      assert.equal(code, 2, err);
      assert.match(err, message);
    }
    const { code, err } = run('--store', join(place.root, 'none'));
    assert.equal(code, 1);
    assert.match(err, /^Cannot \w+ index .*none/m);
  });

  it('says where the model was when the index was made', async () => {
    await rename(place.model, join(place.root, 'moved'));
    const { code, err } = run('--store', place.store);
    assert.equal(code, 1);
    assert.match(err, /Cannot load .*model: .*\n\(the index was made with that model; .* --model\)/);
    const { child, ended } = await start('--model', join(place.root, 'moved'));
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
    await rename(join(place.root, 'moved'), place.model);
  });
});
