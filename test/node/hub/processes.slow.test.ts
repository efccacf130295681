import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { goldens } from '../../golden.ts';
import { arrived, isBody, type MockHub, readFiles, startMockHub } from './mock-hub.ts';

/** A process that pulls. */
type Pulling = { child: ChildProcess; err: string; ended: Promise<{ received: number }> };

const script = join('build', 'test', 'node', 'hub', 'pull-child.js');
const repository = 'test-org/tiny-clip';

describe('7. two processes that pull the same model', () => {
  let directory: string;
  let mock: MockHub;
  let weights: Buffer;
  let running: Pulling[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    const names = { 'config.json': 'config.json', 'model.safetensors': 'model.safetensors' };
    mock = await startMockHub(repository, await readFiles(join(goldens, 'models', 'hf-vit-gelu'), names));
    weights = mock.files.get('model.safetensors') as Buffer;
    running = [];
  });
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await mock.close();
    await rm(directory, { recursive: true });
  });

  function pull(): Pulling {
    const env = { ...process.env, HF_ENDPOINT: mock.endpoint, HF_HUB_CACHE: directory };
    const child = spawn(process.execPath, [script, `hf-hub:${repository}`], { env });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      started.err += chunk;
    });
    const ended = new Promise<{ received: number }>((resolve, reject) => {
      child.on('close', (code) => (code === 0 ? resolve(JSON.parse(out)) : reject(new Error(started.err))));
    });
    const started: Pulling = { child, err: '', ended };
    running.push(started);
    return started;
  }

  const assertWhole = async () => {
    const blobs = join(directory, 'models--test-org--tiny-clip', 'blobs');
    assert.equal((await readdir(blobs)).length, 2);
    const large = (await readdir(blobs)).find((name) => name.length === 64) as string;
    assert.deepEqual(await readFile(join(blobs, large)), weights);
  };

  it('fetch it once: the second one waits and finds it', async () => {
    const isWaiting = () =>
      running.some(({ err }) => /another process is downloading model.safetensors; waiting/.test(err));
    mock.fault = async ({ seen }) => {
      while (isBody(seen) && !isWaiting()) await setTimeout(20); // until the other one comes
      return false;
    };
    const both = await Promise.all([pull().ended, pull().ended]);
    assert.equal(mock.bodies().length, 1);
    const [less, more] = both.map(({ received }) => received).sort((one, other) => one - other) as [number, number];
    assert.ok(more >= weights.length && less < weights.length, `${less} and ${more}`);
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
    while ((await arrived(directory)) < half) await setTimeout(20);
    first.child.kill('SIGKILL');
    const { received } = await pull().ended;
    assert.equal(received, weights.length - half);
    assert.deepEqual(
      mock.bodies().map(({ range }) => range),
      [undefined, `bytes=${half}-`],
    );
    await assertWhole();
  });
});
