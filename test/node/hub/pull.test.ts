import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectureConfig } from '../../../src/config.ts';
import { fileSource } from '../../../src/node/files.ts';
import { findPublished } from '../../../src/node/hub/catalogue.ts';
import { type Hub, openHub } from '../../../src/node/hub/hub.ts';
import { findNeeded } from '../../../src/node/hub/needed-files.ts';
import { pullModel } from '../../../src/node/hub/pull.ts';
import type { PullOptions } from '../../../src/node/hub/pulled.ts';
import { type Clip, loadClip, useBackend } from '../../../src/node.ts';
import { parameterShapes } from '../../../src/parameters.ts';
import { outputFirstShape } from '../../../src/weights/axes.ts';
import { openaiNames } from '../../../src/weights/openai.ts';
import { encodeSafetensors, openSafetensors, type TensorData } from '../../../src/weights/safetensors.ts';
import { encodeHeader } from '../../../src/weights/safetensors-write-header.ts';
import { goldens } from '../../golden.ts';
import { collectWarnings } from '../../warnings.ts';
import { gitBlob, type MockHub, readFiles, startMockHub, testCommit } from './mock-hub.ts';

const models = join(goldens, 'models');
const openClip = {
  'open_clip_config.json': 'open_clip_config.json',
  'open_clip_model.safetensors': 'open_clip_model.safetensors',
};

describe('pulling', () => {
  let directory: string;
  let mock: MockHub;
  let hub: Hub;
  const { HF_HUB_CACHE } = process.env;
  before(() => useBackend('cpu'));
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    process.env.HF_HUB_CACHE = join(directory, 'hub');
  });
  afterEach(async () => {
    if (HF_HUB_CACHE === undefined) delete process.env.HF_HUB_CACHE;
    else process.env.HF_HUB_CACHE = HF_HUB_CACHE;
    await mock?.close();
    await rm(directory, { recursive: true });
  });

  async function serve(repository: string, model: string, names: Record<string, string>): Promise<void> {
    mock = await startMockHub(repository, await readFiles(join(models, model), names));
    hub = {
      ...(await openHub({ ...process.env, HF_ENDPOINT: mock.endpoint })),
      ...{ attempts: 1, wait: async () => {} },
    };
  }
  const pull = (name: string, options: PullOptions = {}) => pullModel(name, options, hub);
  const storage = () => join(hub.cache, 'models--laion--CLIP-ViT-B-32-DataComp.XL-s13B-b90K');
  const dataComp = 'laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K';
  const name = 'ViT-B-32/datacomp_xl_s13b_b90k';

  it("lays a model out as huggingface_hub does, and loadClip takes its name in open_clip's spelling or hf-hub's", async () => {
    await serve(dataComp, 'open_clip-vit-gelu', openClip);
    mock.files.set('README.md', Buffer.from('not part of the model'));
    const steps: string[] = [];
    const bytes: [number, number][] = [];
    const report = { step: (what: string) => steps.push(what), bytes: (...pair: [number, number]) => bytes.push(pair) };
    const pulled = await pull(name, { report });
    const weights = mock.files.get('open_clip_model.safetensors') as Buffer;
    const config = mock.files.get('open_clip_config.json') as Buffer;
    const sha256 = createHash('sha256').update(weights).digest('hex');
    assert.deepEqual((await readdir(storage())).sort(), ['blobs', 'clip-tfjs', 'refs', 'snapshots']);
    assert.deepEqual((await readdir(join(storage(), 'blobs'))).sort(), [gitBlob(config), sha256].sort());
    assert.equal(await readFile(join(storage(), 'refs', 'main'), 'utf8'), testCommit);
    const snapshot = join(storage(), 'snapshots', testCommit);
    assert.equal(await readlink(join(snapshot, 'open_clip_model.safetensors')), join('..', '..', 'blobs', sha256));
    assert.deepEqual((await readdir(snapshot)).sort(), Object.keys(openClip));
    assert.deepEqual(pulled.files, [
      { name: 'open_clip_config.json', size: config.length, digest: { algorithm: 'git-sha1', hex: gitBlob(config) } },
      { name: 'open_clip_model.safetensors', size: weights.length, digest: { algorithm: 'sha256', hex: sha256 } },
    ]);
    assert.equal(pulled.directory, snapshot);
    assert.deepEqual(
      steps.filter((step) => /header|downloading/.test(step)),
      [
        'downloading open_clip_config.json (1 kB)',
        'reading the header of open_clip_model.safetensors',
        'downloading open_clip_model.safetensors (3 MB)',
      ],
    );
    assert.deepEqual(bytes.at(-1), [weights.length, weights.length]);
    const expected = await loadClip(join(models, 'open_clip-vit-gelu'));
    for (const spelling of [name, name.toUpperCase().replace('VIT', 'ViT'), `hf-hub:${dataComp}`]) {
      const clip = await loadClip(spelling);
      assert.deepEqual(clip.config, expected.config);
      assert.deepEqual(await firstWeight(clip), await firstWeight(expected));
      clip.dispose();
    }
    expected.dispose();
  });

  it('fetches nothing that is there, and follows a branch that has moved', async () => {
    await serve(dataComp, 'open_clip-vit-gelu', openClip);
    await pull(name);
    const before = mock.bodies().length;
    assert.equal((await pull(name)).received, 0);
    mock.commit = testCommit.replace('0', 'f');
    const config = Buffer.from(`${mock.files.get('open_clip_config.json')}\n`);
    mock.files.set('open_clip_config.json', config);
    const { commit, received } = await pull(name);
    assert.deepEqual([commit, received], [mock.commit, config.length]);
    assert.equal(mock.bodies().length, before);
    assert.equal((await pull(name, { offline: true })).commit, mock.commit);
    assert.deepEqual((await readdir(join(storage(), 'snapshots'))).sort(), [testCommit, mock.commit].sort());
  });

  it('keeps to what was pulled, though Python has followed the branch since', async () => {
    await serve(dataComp, 'open_clip-vit-gelu', openClip);
    await pull(name);
    await writeFile(join(storage(), 'refs', 'main'), 'f'.repeat(40));
    (await loadClip(name)).dispose();
  });

  it('takes a commit or a tag, and loads it by that', async () => {
    await serve(dataComp, 'open_clip-vit-gelu', openClip);
    for (const revision of [testCommit, 'v1/tag']) {
      await pull(name, { revision });
      (await loadClip(`hf-hub:${dataComp}@${revision}`)).dispose();
    }
    assert.deepEqual(await readdir(join(storage(), 'refs')), ['v1']);
    await assert.rejects(
      loadClip(name),
      /'ViT-B-32\/datacomp_xl_s13b_b90k' is a published name, and its files are not/,
    );
  });

  it('uses what Python has put there, says that nobody has checked it, and checks it offline', async () => {
    await serve(dataComp, 'open_clip-vit-gelu', openClip);
    const blobs = join(storage(), 'blobs');
    const snapshot = join(storage(), 'snapshots', testCommit);
    await mkdir(blobs, { recursive: true });
    await mkdir(snapshot, { recursive: true });
    await mkdir(join(storage(), 'refs'));
    await writeFile(join(storage(), 'refs', 'main'), testCommit);
    for (const [file, bytes] of mock.files) {
      const hash = file.endsWith('.json') ? gitBlob(bytes) : createHash('sha256').update(bytes).digest('hex');
      await writeFile(join(blobs, hash), bytes);
      await symlink(join('..', '..', 'blobs', hash), join(snapshot, file));
    }
    const load = async () => (await loadClip(name)).dispose();
    assert.match((await collectWarnings(load)).join(), /put into the cache by another program, and nobody has checked/);
    const { files, received } = await pull(name, { offline: true });
    assert.deepEqual([files.length, received, mock.requests.length], [2, 0, 0]);
    assert.deepEqual(await collectWarnings(load), []);
    assert.equal((await pull(name)).received, 0);
    assert.deepEqual(mock.bodies(), []);
  });

  it('refuses offline what Python has put there damaged', async () => {
    await serve(dataComp, 'open_clip-vit-gelu', openClip);
    const { directory: snapshot } = await pull(name);
    await rm(join(storage(), 'clip-tfjs'), { recursive: true });
    const bytes = Buffer.from(await readFile(join(snapshot, 'open_clip_model.safetensors')));
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
    await writeFile(join(snapshot, 'open_clip_model.safetensors'), bytes);
    await assert.rejects(pull(name, { offline: true }), /open_clip_model.safetensors .* but its content is another/);
  });

  it('fetches all shards of a model and what Python wants beside them', async () => {
    const repository = 'test-org/sharded';
    await serve(repository, 'hf-vit-gelu', { 'config.json': 'config.json' });
    await putShards(mock, join(models, 'hf-vit-gelu', 'model.safetensors'));
    mock.files.set('preprocessor_config.json', Buffer.from('{"size": {"shortest_edge": 32}}'));
    mock.files.set('pytorch_model.bin', Buffer.alloc(1000));
    const { files } = await pull(`hf-hub:${repository}`);
    assert.deepEqual(
      files.map((file) => file.name),
      [
        'config.json',
        'model-00001-of-00002.safetensors',
        'model-00002-of-00002.safetensors',
        'model.safetensors.index.json',
        'preprocessor_config.json',
      ],
    );
    (await loadClip(`hf-hub:${repository}`)).dispose();
  });

  it('brings the activation of bare weights from the catalogue', async () => {
    await serve('laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K', 'openai-vit', {
      'open_clip_model.safetensors': 'model.safetensors',
    });
    const published = 'ViT-B-32-256/datacomp_s34b_b86k';
    await collectWarnings(async () => {
      await pull(published);
      const clip = await loadClip(published);
      assert.equal(clip.config.text?.activation, 'gelu');
      clip.dispose();
      await assert.rejects(pull('hf-hub:laion/another'), /status 404/);
    });
  });

  for (const [spelling, architecture] of [
    ['ViT-B/32', 'ViT-B/32'],
    ['RN50x64', 'RN50x64'],
    ['ViT-H-14/laion2b_s32b_b79k', 'ViT-H/14'],
  ] as const)
    it(`brings activation and head counts of bare ${spelling} weights, from the header alone`, async () => {
      const published = findPublished(spelling);
      assert.ok(published);
      const source = headerAlone(architecture);
      const { names, shapes } = await findNeeded(
        published,
        (file) => file === 'open_clip_model.safetensors',
        async () => source,
      );
      assert.deepEqual(names, ['open_clip_model.safetensors']);
      assert.equal(shapes.size, parameterShapes(architectureConfig(architecture, 'gelu')).size);
    });

  describe('refuses before the weights come', () => {
    const wrong: [what: string, change: (files: Map<string, Buffer>) => unknown, message: RegExp][] = [
      [
        'a web page',
        (files) => files.set('model.safetensors', Buffer.from('<html>'.repeat(20))),
        /looks like a web page/,
      ],
      [
        'a PyTorch file',
        (files) => files.set('model.safetensors', Buffer.from('PK\x03\x04'.repeat(20))),
        /PyTorch \.pt/,
      ],
      [
        'a tower of timm',
        async (files) => files.set('model.safetensors', await tensors({ 'blocks.0.attn.qkv.weight': [4, 4] })),
        /vision tower in timm's layout/,
      ],
      [
        'a language model',
        async (files) =>
          files.set('model.safetensors', await tensors({ 'transformer.h.0.attn.c_attn.weight': [4, 4] })),
        /expected tensors in OpenAI's, open_clip's or Hugging Face's layout of CLIP/,
      ],
      [
        'a model that does not fit its config',
        (files) =>
          files.set(
            'config.json',
            Buffer.from(`${files.get('config.json')}`.replaceAll(/(projection_dim": )\d+/g, '$148')),
          ),
        /config and tensors disagree: '.*' should be \[48/,
      ],
      ['weights without config', (files) => files.delete('config.json'), /need the config.json/],
      [
        'a repository without safetensors',
        (files) => {
          files.delete('model.safetensors');
          files.set('pytorch_model.bin', Buffer.alloc(10));
        },
        /has no safetensors, only pytorch_model.bin; weights\/README.md/,
      ],
      [
        'a config of 70 MiB',
        (files) => files.set('config.json', Buffer.alloc(70 * 2 ** 20, ' ')),
        /at most 67 MB of config/,
      ],
    ];
    for (const [what, change, message] of wrong) {
      it(what, async () => {
        await serve('test-org/wrong', 'hf-vit-gelu', {
          'config.json': 'config.json',
          'model.safetensors': 'model.safetensors',
        });
        await change(mock.files);
        await assert.rejects(pull('hf-hub:test-org/wrong'), message);
        assert.deepEqual(mock.bodies(), []);
        await assert.rejects(loadClip('hf-hub:test-org/wrong'), /its files are not in/);
      });
    }

    it('a model of 4 GB for which there is no room, and says that WebAssembly could not hold it', async () => {
      const source = headerAlone('ViT-H/14');
      const repository = 'laion/CLIP-ViT-H-14-laion2B-s32B-b79K';
      await serve(repository, 'hf-vit-gelu', {});
      mock.files.set('open_clip_model.safetensors', Buffer.from('stands for them'));
      mock.hubFault = (request, response) => {
        if (request.method !== 'HEAD') return false;
        const headers = {
          'x-linked-etag': `"${'a'.repeat(64)}"`,
          'x-linked-size': source.size,
          location: `${mock.storage}/x`,
        };
        return !!response.writeHead(302, headers).end();
      };
      mock.fault = async ({ seen, response }) => {
        const [, first, last] = seen.range?.match(/^bytes=(\d+)-(\d+)$/) ?? [];
        const bytes = await source.read(Number(first), Number(last) + 1 - Number(first));
        return !!response.writeHead(206, { 'content-range': `bytes ${first}-${last}/${source.size}` }).end(bytes);
      };
      hub = { ...hub, freeBytes: async () => 1e9 };
      const warnings = await collectWarnings(() =>
        assert.rejects(pull('ViT-H-14/laion2b_s32b_b79k'), /expected 3,945 MB free on the disk of .* but got 1,000 MB/),
      );
      assert.match(warnings.join(), /does not fit into WebAssembly's 4 GB with both towers: load one/);
      assert.deepEqual(mock.bodies(), []);
    });

    it('weights under a published name that are not the published ones', async () => {
      await serve('timm/vit_base_patch32_clip_224.openai', 'open_clip-vit-gelu', openClip);
      await assert.rejects(
        pull('ViT-B/32'),
        /expected open_clip_model.safetensors with SHA-256 e6d1bd77.* but the hub has/,
      );
      assert.deepEqual(mock.bodies(), []);
    });

    it('a config that contradicts the catalogue', async () => {
      await serve('timm/resnet101_clip.openai', 'open_clip-vit-gelu', openClip);
      await assert.rejects(pull('RN101'), /activation 'quick_gelu': open_clip_config.json says 'gelu'/);
    });
  });

  it('says what to do about names that it does not know', async () => {
    await serve('test-org/none', 'hf-vit-gelu', {});
    await assert.rejects(
      pull('ViT-B/33'),
      /Cannot pull 'ViT-B\/33': expected one of RN50, RN101, .*, hf-hub:org\/name|or hf-hub/,
    );
    await assert.rejects(loadClip('ViT-H/14'), /was published with several weights; name one of/);
    await assert.rejects(loadClip('nowhere'), /nothing is there; 'clip-tfjs pull --list' shows the published names/);
    await assert.rejects(pull('hf-hub:test-org/gated'), /status 404; there is no such repository/);
    mock.hubFault = (_, response) => !!response.writeHead(401, { 'x-error-message': 'Access is restricted' }).end();
    await assert.rejects(pull('hf-hub:test-org/gated'), /401 \(Access is restricted\); .* set HF_TOKEN/);
  });

  it('stops when it is told to, and goes on afterwards', async () => {
    await serve(dataComp, 'open_clip-vit-gelu', openClip);
    const stop = new AbortController();
    const report = { step: () => {}, bytes: (done: number) => void (done > 100_000 && stop.abort()) };
    await assert.rejects(pull(name, { signal: stop.signal, report }), { name: 'AbortError' });
    await pull(name);
    const range = mock.bodies().at(-1)?.range;
    assert.ok(Number(range?.match(/^bytes=(\d+)-$/)?.[1]) > 100_000, range);
  });
});

async function firstWeight(clip: Clip): Promise<unknown> {
  const [tensor] = clip.parameters.values();
  return tensor?.data();
}

async function tensors(shapes: Record<string, number[]>): Promise<Buffer> {
  const data = new Map<string, TensorData>();
  for (const [key, shape] of Object.entries(shapes))
    data.set(key, { dtype: 'F32', shape, data: new Float32Array(shape.reduce((size, extent) => size * extent, 1)) });
  return encoded(data);
}

async function encoded(data: Map<string, TensorData>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeSafetensors(data)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Splits a model over two files with an index. */
async function putShards(mock: MockHub, path: string): Promise<void> {
  const file = await openSafetensors(await fileSource(path));
  const shards = [new Map<string, TensorData>(), new Map<string, TensorData>()] as const;
  const shardOf: Record<string, string> = {};
  let index = 0;
  for (const [key, { shape }] of file.tensors) {
    const number = (index++ % 2) as 0 | 1;
    shards[number].set(key, { dtype: 'F32', shape, data: await file.readFloat32(key) });
    shardOf[key] = `model-0000${number + 1}-of-00002.safetensors`;
  }
  await file.close();
  for (const number of [0, 1] as const)
    mock.files.set(`model-0000${number + 1}-of-00002.safetensors`, await encoded(shards[number]));
  mock.files.set('model.safetensors.index.json', Buffer.from(JSON.stringify({ weight_map: shardOf })));
}

/** A published model's file in OpenAI's layout of which only the header may be read. */
function headerAlone(name: string) {
  const entries: [string, { dtype: 'F32'; shape: readonly number[] }][] = [];
  let bytes = 0;
  for (const [parameter, shape] of parameterShapes(architectureConfig(name, 'gelu'))) {
    const { keys, outputFirst } = openaiNames(parameter);
    entries.push([keys[0] as string, { dtype: 'F32', shape: outputFirst ? outputFirstShape(shape) : shape }]);
    bytes += 4 * shape.reduce((size, extent) => size * extent, 1);
  }
  const header = encodeHeader(entries);
  const read = async (offset: number, length: number) => {
    assert.ok(offset + length <= header.length, 'weights were read');
    return header.slice(offset, offset + length);
  };
  return { size: header.length + bytes, read };
}
