import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { catalogue } from '../../src/node/hub/catalogue.ts';
import { type Hub, openHub } from '../../src/node/hub/hub.ts';
import { pullModel } from '../../src/node/hub/pull.ts';
import { loadClip, useBackend } from '../../src/node.ts';
import { assertClose } from '../assert-close.ts';
import { goldens, idTensor, pixelTensor, readGolden } from '../golden.ts';
import { type MockHub, readFiles, startMockHub } from '../node/hub/mock-hub.ts';
import { collectWarnings } from '../warnings.ts';
import { runPython, startPython } from './python.ts';

const cases = [
  { repository: 'test-org/huggingface', model: 'hf-vit-gelu', files: ['config.json', 'model.safetensors'] },
  {
    repository: 'test-org/open_clip',
    model: 'open_clip-vit-gelu',
    files: ['open_clip_config.json', 'open_clip_model.safetensors'],
  },
];

describe("huggingface_hub's cache", () => {
  let directory: string;
  let mock: MockHub;
  let hub: Hub;
  const { HF_HUB_CACHE } = process.env;
  before(() => useBackend('wasm'));
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    process.env.HF_HUB_CACHE = directory;
  });
  afterEach(async () => {
    if (HF_HUB_CACHE === undefined) delete process.env.HF_HUB_CACHE;
    else process.env.HF_HUB_CACHE = HF_HUB_CACHE;
    await mock.close();
    await rm(directory, { recursive: true });
  });

  for (const { repository, model, files } of cases) {
    const start = async () => {
      const named = Object.fromEntries(files.map((file) => [file, file]));
      mock = await startMockHub(repository, await readFiles(join(goldens, 'models', model), named));
      hub = { ...(await openHub({ HF_ENDPOINT: mock.endpoint, HF_HUB_CACHE: directory })), attempts: 1 };
    };

    it(`that we filled with ${model} is Python's too`, async () => {
      await start();
      const pulled = await pullModel(`hf-hub:${repository}`, {}, hub);
      const found = JSON.parse(runPython('hub.py', 'find', directory, repository, ...files));
      const bytes = [...mock.files.values()].reduce((sum, { length }) => sum + length, 0);
      assert.deepEqual(found, {
        files: files.map((file) => join(pulled.directory, file)),
        snapshot: pulled.directory,
        warnings: [],
        repositories: [{ id: repository, files: files.length, bytes }],
      });
      assert.match(runPython('hub.py', 'load', directory, repository), /"(CLIPModel|CLIP)"/);
    });

    it(`that Python filled with ${model} is ours too`, async () => {
      await start();
      const env = { HF_ENDPOINT: mock.endpoint, HF_HUB_OFFLINE: '0', HF_HUB_DISABLE_TELEMETRY: '1' };
      await startPython(env, 'hub.py', 'fetch', directory, repository, ...files);
      const fetched = mock.bodies().length;
      assert.ok(fetched > 0);
      const load = async () => (await loadClip(`hf-hub:${repository}`)).dispose();
      assert.match((await collectWarnings(load)).join(), /put into the cache by another program/);
      const { received } = await pullModel(`hf-hub:${repository}`, { offline: true }, hub);
      assert.equal(received, 0);
      assert.doesNotMatch((await collectWarnings(load)).join(), /another program/);
      assert.equal((await pullModel(`hf-hub:${repository}`, { verify: true }, hub)).received, 0);
      assert.equal(mock.bodies().length, fetched);
    });
  }

  it('survives that Python goes on with what we have begun', async () => {
    const [{ repository, model, files }] = cases as [(typeof cases)[0]];
    const named = Object.fromEntries(files.map((file) => [file, file]));
    mock = await startMockHub(repository, await readFiles(join(goldens, 'models', model), named));
    hub = { ...(await openHub({ HF_ENDPOINT: mock.endpoint, HF_HUB_CACHE: directory })), attempts: 1 };
    const stop = new AbortController();
    const report = { step: () => {}, bytes: (done: number) => void (done > 50_000 && stop.abort()) };
    await assert.rejects(pullModel(`hf-hub:${repository}`, { signal: stop.signal, report }, hub));
    const env = { HF_ENDPOINT: mock.endpoint, HF_HUB_OFFLINE: '0', HF_HUB_DISABLE_TELEMETRY: '1' };
    await startPython(env, 'hub.py', 'fetch', directory, repository, ...files);
    await pullModel(`hf-hub:${repository}`, { offline: true, verify: true }, hub);
    const blobs = await readdir(join(directory, 'models--test-org--huggingface', 'blobs'));
    assert.ok(blobs.some((name) => name.endsWith('.clip-tfjs.incomplete')));
    assert.deepEqual(JSON.parse(runPython('hub.py', 'find', directory, repository)).warnings, []);
  });
});

describe('the catalogue', () => {
  it("says what open_clip's says", () => {
    type Entry = { name: string; repository: string; quickGelu: boolean };
    const theirs = new Map(
      (JSON.parse(runPython('hub.py', 'catalogue')) as Entry[]).map((entry) => [entry.name, entry]),
    );
    for (const { name, repository, activation } of catalogue) {
      const quickGelu = activation === 'quick_gelu';
      assert.deepEqual({ name, repository, quickGelu }, theirs.get(name), name);
    }
  });
});

describe('weights/README.md', () => {
  it("turns a TorchScript file as OpenAI's into safetensors that give the same embeddings", async () => {
    const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    try {
      runPython('hub.py', 'torchscript', directory);
      const golden = await readGolden(join(directory, 'golden.safetensors'));
      const clip = await loadClip(join(directory, 'ViT-B-32.safetensors'), { activation: 'quick_gelu' });
      for (const [features, encode] of [
        ['image_features', () => clip.encodeImage(pixelTensor(golden('pixel_values_nchw')))],
        ['text_features', () => clip.encodeText(idTensor(golden('input_ids')))],
      ] as const) {
        const encoded = tf.tidy(encode);
        assertClose(features, (await encoded.data()) as Float32Array, golden(features).values, 1e-4);
        encoded.dispose();
      }
      clip.dispose();
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
