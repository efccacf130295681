import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldens } from '../golden.ts';
import { isBody, type MockHub, readFiles, sendUntil, startMockHub, testCommit } from '../node/hub/mock-hub.ts';

const main = join('build', 'src', 'cli', 'main.js');
const repository = 'laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K';
const name = 'ViT-B-32-256/datacomp_s34b_b86k';

describe('clip-tfjs pull', () => {
  let directory: string;
  let mock: MockHub;
  let interrupt = () => {};
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    const files = await readFiles(join(goldens, 'pipeline'), { 'open_clip_model.safetensors': 'model.safetensors' });
    mock = await startMockHub(repository, files);
  });
  afterEach(async () => {
    await mock.close();
    await rm(directory, { recursive: true });
  });

  /** The hub answers from this process, so the command must not block it. */
  async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const env = { ...process.env, HF_ENDPOINT: mock.endpoint, HF_HOME: directory };
    const child = spawn(process.execPath, [main, ...args], { env });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    interrupt = () => child.kill('SIGINT');
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, out, err };
  }

  it('brings a model that every command takes by its name', async () => {
    const missing = await run('inspect', name);
    assert.equal(missing.code, 1);
    assert.match(missing.err, /is a published name, and its files are not in .*; run 'clip-tfjs pull ViT-B-32-256/);

    const pulled = await run('pull', name);
    assert.deepEqual([pulled.code, pulled.out], [0, '']);
    assert.match(
      pulled.err,
      /reading the header of open_clip_model.safetensors\n[\s\S]*downloading open_clip_model.safetensors/,
    );
    assert.match(pulled.err, /is ready: 1 files of laion\/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K at 0123.*came/);

    const again = JSON.parse((await run('pull', name, '--offline', '--verify', '--json')).out);
    assert.deepEqual([again.commit, again.received, again.files.length], [testCommit, 0, 1]);

    const picture = join(goldens, 'images', 'rgba.png');
    const label = ['-l', 'a dog,a cat', '--json', '--backend', 'cpu'];
    const byName = JSON.parse((await run('classify', picture, '-m', name, ...label)).out);
    const options = ['--activation', 'gelu', ...label];
    const byPath = JSON.parse(
      (await run('classify', picture, '-m', join(goldens, 'pipeline', 'model.safetensors'), ...options)).out,
    );
    assert.deepEqual(byName.results, byPath.results);

    const inspected = JSON.parse((await run('inspect', `hf-hub:${repository}`, '--json')).out);
    assert.deepEqual([inspected.layout, inspected.activationSource], ['openai', 'its name']);
    const out = join(directory, 'vectors.npy');
    assert.equal((await run('embed', picture, '-m', name, '-o', out, '--backend', 'cpu')).code, 0);
  }).timeout(120_000);

  it('lists the names and what is there', async () => {
    await run('pull', name);
    const { models } = JSON.parse((await run('pull', '--list', '--json')).out);
    assert.equal(models[5].name, 'ViT-B/32');
    assert.deepEqual(
      models
        .filter(({ state }: { state: string }) => state !== '')
        .map((row: { name: string; state: string }) => [row.name, row.state]),
      [[name, 'pulled']],
    );
  });

  it('ends with 2 on wrong usage and with 1 where it cannot', async () => {
    const usage = await run('pull');
    assert.deepEqual([usage.code, usage.out], [2, '']);
    assert.match(usage.err, /missing required argument 'name', or --list/);
    const unknown = await run('pull', 'ViT-B/33');
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /^Cannot pull 'ViT-B\/33': expected one of RN50, .* or hf-hub:org\/name\n$/);
    const offline = await run('pull', name, '--offline');
    assert.equal(offline.code, 1);
    assert.ok(!offline.err.includes('    at '), 'no stack');
  });

  it('stops at Ctrl-C and goes on where it was', async () => {
    const bytes = mock.files.get('open_clip_model.safetensors')?.length as number;
    mock.fault = async (exchange) => {
      if (!isBody(exchange.seen) || exchange.seen.range) return false;
      await sendUntil(mock, exchange, 100_000, directory);
      interrupt();
      return true;
    };
    const stopped = await run('pull', name);
    assert.equal(stopped.code, 130, stopped.err);
    assert.match(stopped.err, /stopped; run the same command again to go on/);
    const { received } = JSON.parse((await run('pull', name, '--json')).out);
    assert.equal(received, bytes - 100_000);
  });
});
