import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examineModel } from '../../../src/node/doctor/examine-model.ts';
import { useBackend } from '../../../src/node.ts';
import { goldens } from '../../golden.ts';
import { collectWarnings } from '../../warnings.ts';

const models = join(goldens, 'models');

describe('examineModel()', () => {
  let directory: string;
  before(() => useBackend('wasm'));
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('tells layout, tokenizer, memory and what is passed over', async () => {
    await collectWarnings(async () => {
      const { layout, faults, dtypes, tokenizer, memory, towers, cache } = await examineModel(
        join(models, 'openai-vit', 'model.safetensors'),
        { activation: 'quick_gelu' },
      );
      assert.deepEqual([layout, dtypes, towers, cache], ['openai', ['I64', 'F16'], 'both', null]);
      assert.deepEqual([faults.missing, faults.misshapen, faults.unused], [[], [], []]);
      assert.deepEqual(faults.ignored.sort(), ['context_length', 'input_resolution', 'vocab_size']);
      assert.match(tokenizer.fault as string, /tokens are not OpenAI's 49408/);
      assert.ok(memory.needed > 1e5 && memory.available > memory.needed);
      const pipeline = await examineModel(join(goldens, 'pipeline', 'model.safetensors'), { activation: 'quick_gelu' });
      assert.equal(pipeline.tokenizer.tokens, 49408);
    });
  });

  it('names every tensor that is missing, misshapen or not part of the model', async () => {
    await cp(join(models, 'open_clip-vit-gelu'), directory, { recursive: true });
    const path = join(directory, 'open_clip_config.json');
    const config = JSON.parse(await readFile(path, 'utf8'));
    config.model_cfg.text_cfg.layers += 1;
    config.model_cfg.vision_cfg.layers -= 1;
    config.model_cfg.text_cfg.context_length += 1;
    await writeFile(path, JSON.stringify(config));
    const { missing, misshapen, unused } = (await examineModel(directory)).faults;
    assert.equal(missing.length, 12);
    assert.ok(missing.every((key) => /^transformer\.resblocks\.\d+\./.test(key)));
    assert.equal(unused.length, 12);
    assert.ok(unused.every((key) => /^visual\.transformer\.resblocks\.\d+\./.test(key)));
    assert.deepEqual(misshapen.length, 1);
    assert.match(misshapen[0] as string, /^'positional_embedding' should be \[/);
  });

  it('knows files in a cache of huggingface_hub, also through a link', async () => {
    const snapshot = join(directory, 'hub', 'models--org--a-clip', 'snapshots', 'abc123');
    await mkdir(join(snapshot, '..'), { recursive: true });
    await cp(join(models, 'open_clip-vit-gelu'), snapshot, { recursive: true });
    const expected = { repository: 'org/a-clip', commit: 'abc123', isChecked: true };
    assert.deepEqual((await examineModel(snapshot)).cache, expected);
    await symlink(snapshot, join(directory, 'link'));
    assert.deepEqual((await examineModel(join(directory, 'link'))).cache, expected);
  });

  it('finds a published name in the cache, and says that nobody has checked its hashes', async () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const repository = join(directory, 'models--org--a-clip');
    await mkdir(join(repository, 'refs'), { recursive: true });
    await writeFile(join(repository, 'refs', 'main'), commit);
    await cp(join(models, 'open_clip-vit-gelu'), join(repository, 'snapshots', commit), { recursive: true });
    const usual = process.env.HF_HUB_CACHE;
    process.env.HF_HUB_CACHE = directory;
    try {
      const { cache, cacheDirectory, faults } = await examineModel('hf-hub:org/a-clip');
      assert.deepEqual(cache, { repository: 'org/a-clip', commit, isChecked: false });
      assert.equal(cacheDirectory, directory);
      assert.deepEqual(faults.missing, []);
    } finally {
      if (usual === undefined) delete process.env.HF_HUB_CACHE;
      else process.env.HF_HUB_CACHE = usual;
    }
  });

  it('is about the size that is asked for', async () => {
    const usual = await examineModel(join(models, 'open_clip-vit-gelu'));
    const imageSize = 2 * (usual.config.vision?.imageSize as number);
    const larger = await examineModel(join(models, 'open_clip-vit-gelu'), { imageSize });
    assert.equal(larger.config.preprocess.size, imageSize);
    assert.ok(larger.memory.needed > usual.memory.needed);
    assert.deepEqual(larger.faults, usual.faults);
  });
});
