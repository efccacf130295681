import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { goldens } from '../../golden.ts';
import { isBody, type MockHub, readFiles, startMockHub } from './mock-hub.ts';

const child = join('build', 'test', 'node', 'hub', 'pull-child.js');
const repository = 'test-org/tiny-clip';

describe('7. two processes that pull the same model', () => {
  let directory: string;
  let mock: MockHub;
  let weights: Buffer;
  let running: ChildProcess[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    const names = { 'config.json': 'config.json', 'model.safetensors': 'model.safetensors' };
    mock = await startMockHub(repository, await readFiles(join(goldens, 'models', 'hf-vit-gelu'), names));
    weights = mock.files.get('model.safetensors') as Buffer;
    running = [];
  });
  afterEach(async () => {
    for (const process of running) process.kill('SIGKILL');
    await mock.close();
    await rm(directory, { recursive: true });
  });

  function pull(): { process: ChildProcess; ended: Promise<{ received: number; err: string }> } {
    const env = { ...process.env, HF_ENDPOINT: mock.endpoint, HF_HUB_CACHE: directory };
    const started = spawn(process.execPath, [child, `hf-hub:${repository}`], { env });
    running.push(started);
    let [out, err] = ['', ''];
    started.stdout.on('data', (chunk) => {
      out += chunk;
    });
    started.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const ended = new Promise<{ received: number; err: string }>((resolve, reject) => {
      started.on('close', (code) => (code === 0 ? resolve({ ...JSON.parse(out), err }) : reject(new Error(err))));
    });
    return { process: started, ended };
  }

  const assertWhole = async () => {
    const blobs = join(directory, 'models--test-org--tiny-clip', 'blobs');
    assert.equal((await readdir(blobs)).length, 2);
    const large = (await readdir(blobs)).find((name) => name.length === 64) as string;
    assert.deepEqual(await readFile(join(blobs, large)), weights);
  };

  it('fetch it once: the second one waits and finds it', async () => {
    let begun = 0;
    mock.fault = async ({ seen }) => {
      if (isBody(seen) && ++begun === 1) await setTimeout(600); // the other one comes meanwhile
      return false;
    };
    const both = await Promise.all([pull().ended, pull().ended]);
    assert.equal(mock.bodies().length, 1);
    const [less, more] = both.map(({ received }) => received).sort((one, other) => one - other) as [number, number];
    assert.ok(more >= weights.length && less < weights.length, `${less} and ${more}`);
    assert.ok(both.some(({ err }) => /another process is downloading model.safetensors; waiting/.test(err)));
    await assertWhole();
  });

  it('when the first is killed, the second takes over and asks for exactly the missing bytes', async () => {
    const half = 100_000;
    mock.fault = ({ seen, response, bytes }) => {
      if (!isBody(seen) || seen.range) return false;
      response.writeHead(200, { 'content-length': bytes.length, etag: mock.etag }).write(bytes.subarray(0, half));
      return true; // and never ends
    };
    const first = pull();
    first.ended.catch(() => {});
    const partial = async () => {
      const blobs = join(directory, 'models--test-org--tiny-clip', 'blobs');
      const name = existsSync(blobs) && (await readdir(blobs)).find((file) => basename(file).endsWith('.incomplete'));
      return name ? (await stat(join(blobs, name))).size : 0;
    };
    while ((await partial()) < half) await setTimeout(20);
    first.process.kill('SIGKILL');
    const { received } = await pull().ended;
    assert.equal(received, weights.length - half);
    assert.deepEqual(
      mock.bodies().map(({ range }) => range),
      [undefined, `bytes=${half}-`],
    );
    await assertWhole();
  });
});
