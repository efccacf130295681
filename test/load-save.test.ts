import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { fileSource, writeFileAtomically } from '../src/node/files.ts';
import {
  type Clip,
  type LoadOptions,
  loadClip,
  ModelError,
  type SaveOptions,
  saveClip,
  useBackend,
} from '../src/node.ts';
import { initClip } from '../src/weights/init.ts';
import { loadClip as loadWebClip } from '../src/weights/load.ts';
import { encodeSafetensors, openSafetensors, type TensorData } from '../src/weights/safetensors.ts';
import { goldens, idTensor, pixelTensor, readGolden } from './golden.ts';
import { tinyConfig } from './tiny.ts';
import { collectWarnings } from './warnings.ts';

const models = join(goldens, 'models');
const bare: LoadOptions = { activation: 'quick_gelu' };
const noTokenizer = () => {
  throw new ModelError('no tokenizer here');
};

let directory: string;
before(() => useBackend('cpu'));
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** What a model makes of the golden inputs, all numbers in a row. */
async function embeddings(clip: Clip, name: string): Promise<number[]> {
  const golden = await readGolden(join(models, name, 'golden.safetensors'));
  return tf.tidy(() => [
    ...clip.encodeImage(pixelTensor(golden('pixel_values_nchw'))).dataSync(),
    ...clip.encodeText(idTensor(golden('input_ids'))).dataSync(),
  ]);
}

/** Copies a golden model and changes its tensors. */
async function changed(name: string, change: (tensors: Map<string, TensorData>) => void): Promise<string> {
  await cp(join(models, name), directory, { recursive: true });
  const file = (await readdir(directory)).find((entry) => entry.endsWith('model.safetensors')) as string;
  const original = await openSafetensors(await fileSource(join(directory, file)));
  const tensors = new Map<string, TensorData>();
  for (const [key, { shape, dtype }] of original.tensors) {
    tensors.set(key, { dtype, shape, data: await original.read(key) });
  }
  await original.close();
  change(tensors);
  await writeFileAtomically(join(directory, file), encodeSafetensors(tensors, original.metadata));
  return directory;
}

describe('saveClip()', () => {
  const cases: { name: string; source: string; options?: LoadOptions; layouts: SaveOptions['layout'][] }[] = [
    {
      name: 'openai-vit',
      source: 'openai-vit/model.safetensors',
      options: bare,
      layouts: ['openai', 'open_clip', 'huggingface'],
    },
    { name: 'openai-rn', source: 'openai-rn/model.safetensors', options: bare, layouts: ['openai', 'open_clip'] },
    { name: 'hf-vit-gelu', source: 'hf-vit-gelu', layouts: ['openai', 'open_clip', 'huggingface'] },
    { name: 'open_clip-vit-gelu', source: 'open_clip-vit-gelu', layouts: ['openai', 'open_clip', 'huggingface'] },
  ];
  for (const { name, source, options, layouts } of cases) {
    for (const layout of layouts) {
      it(`gives ${name} back from ${layout} with identical embeddings`, async () => {
        await collectWarnings(async () => {
          using clip = await loadClip(join(models, source), options);
          await saveClip(clip, directory, { layout });
          using again = await loadClip(directory);
          assert.deepEqual(await embeddings(again, name), await embeddings(clip, name));
          assert.equal(again.logitScale, clip.logitScale);
          assert.deepEqual(again.config, clip.config);
        });
      });
    }
  }

  it('halves the file in F16 and BF16, and loses little', async () => {
    using clip = await loadClip(join(models, 'open_clip-vit-gelu'));
    const exact = await embeddings(clip, 'open_clip-vit-gelu');
    for (const [dtype, tolerance] of [
      ['F16', 0.02],
      ['BF16', 0.15],
    ] as const) {
      await collectWarnings(() => saveClip(clip, directory, { layout: 'open_clip', dtype }));
      using again = await loadClip(directory);
      const rounded = await embeddings(again, 'open_clip-vit-gelu');
      const worst = Math.max(...rounded.map((value, i) => Math.abs(value - (exact[i] as number))));
      assert.ok(worst > 0 && worst < tolerance, `${dtype}: ${worst}`);
    }
  });

  it('keeps preprocessing, background and vocabulary', async () => {
    const config = tinyConfig();
    config.preprocess = {
      ...config.preprocess,
      mean: [0.5, 0.4, 0.3],
      background: [255, 255, 255],
      interpolation: 'bilinear',
    };
    using clip = initClip(config, 1, noTokenizer);
    for (const layout of ['openai', 'open_clip', 'huggingface'] as const) {
      await collectWarnings(() => saveClip(clip, directory, { layout }));
      using again = await loadClip(directory);
      assert.deepEqual(again.config.preprocess, config.preprocess, layout);
      await rm(directory, { recursive: true });
    }
    await saveClip(await loadClip(join(goldens, 'pipeline', 'model.safetensors'), bare), directory, {
      layout: 'open_clip',
    });
    using withWords = await loadClip(directory);
    assert.deepEqual(withWords.tokenizer.encode('a photo of a corgi'), [320, 1125, 539, 320, 31320]);
  });

  it('refuses a directory with files of another model that would stay', async () => {
    await collectWarnings(async () => {
      using one = await loadClip(join(models, 'open_clip-vit-gelu'));
      using other = await loadClip(join(models, 'hf-vit-gelu'));
      await saveClip(one, directory, { layout: 'open_clip' });
      await assert.rejects(
        saveClip(other, directory, { layout: 'huggingface' }),
        /it holds open_clip_config.json, open_clip_model.safetensors of another model/,
      );
      await saveClip(one, directory, { layout: 'open_clip', dtype: 'F16' });
      const before = await readdir(directory);
      await assert.rejects(
        saveClip(one, directory, { layout: 'timm' as 'openai' }),
        /expected layout to be one of 'huggingface', 'openai', 'open_clip' but got "timm"/,
      );
      await assert.rejects(
        saveClip(one, directory, { layout: 'open_clip', dtype: 'F8' as 'F16' }),
        /expected dtype to be one of/,
      );
      one.dispose();
      await assert.rejects(saveClip(one, directory, { layout: 'open_clip' }), /it was disposed; load it again/);
      assert.deepEqual(await readdir(directory), before);
    });
  });

  it('refuses F16 for values that it would turn into infinity', async () => {
    const path = await changed('hf-vit-gelu', (tensors) => {
      tensors.set('text_projection.weight', {
        dtype: 'F32',
        shape: [28, 40],
        data: new Float32Array(28 * 40).fill(1e6),
      });
    });
    using clip = await loadClip(path);
    const target = join(directory, 'saved');
    await collectWarnings(() =>
      assert.rejects(
        saveClip(clip, target, { layout: 'huggingface', dtype: 'F16' }),
        /'text_projection.weight' has the value 1000000, .* save it in BF16/,
      ),
    );
    await collectWarnings(() => saveClip(clip, target, { layout: 'huggingface', dtype: 'BF16' }));
  });

  it('refuses what a layout cannot hold, and leaves the directory as it was', async () => {
    using resNet = await loadClip(join(models, 'openai-rn/model.safetensors'), bare);
    using half = await loadClip(join(models, 'hf-vit-gelu'), { towers: 'text' });
    await collectWarnings(async () => {
      await assert.rejects(
        saveClip(resNet, directory, { layout: 'huggingface' }),
        /no CLIP with a ResNet; save as 'openai' or 'open_clip'/,
      );
      await assert.rejects(saveClip(half, directory, { layout: 'openai' }), /one tower is loaded/);
    });
    assert.deepEqual(await readdir(directory), []);
  });
});

describe('loadClip()', () => {
  it('adds the tensors of the model, and dispose() takes them away', async () => {
    const before = tf.memory().numTensors;
    const clip = await loadClip(join(models, 'hf-vit-gelu'));
    assert.equal(tf.memory().numTensors, before + clip.parameters.size);
    clip.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  for (const towers of ['image', 'text'] as const) {
    it(`loads the ${towers} tower alone`, async () => {
      using whole = await loadClip(join(models, 'hf-vit-gelu'));
      using clip = await loadClip(join(models, 'hf-vit-gelu'), { towers });
      assert.ok(clip.parameters.size < whole.parameters.size);
      const golden = await readGolden(join(models, 'hf-vit-gelu', 'golden.safetensors'));
      const encode = (model: Clip) =>
        tf.tidy(() =>
          (towers === 'image'
            ? model.encodeImage(pixelTensor(golden('pixel_values_nchw')))
            : model.encodeText(idTensor(golden('input_ids')))
          ).dataSync(),
        );
      assert.deepEqual(encode(clip), encode(whole));
      assert.throws(
        () =>
          towers === 'image'
            ? clip.encodeText(idTensor(golden('input_ids')))
            : clip.encodeImage(pixelTensor(golden('pixel_values_nchw'))),
        /tower is not loaded/,
      );
    });
  }

  it('takes a file of one tower with projection, as transformers writes it', async () => {
    const path = await changed('hf-vit-gelu', (tensors) => {
      for (const key of [...tensors.keys()]) if (!/^text_/.test(key)) tensors.delete(key);
    });
    const config = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'));
    await writeFile(join(path, 'config.json'), JSON.stringify(config.text_config));
    using clip = await loadClip(path);
    using whole = await loadClip(join(models, 'hf-vit-gelu'));
    const { ids } = {
      ids: idTensor((await readGolden(join(models, 'hf-vit-gelu', 'golden.safetensors')))('input_ids')),
    };
    assert.deepEqual(clip.encodeText(ids).dataSync(), whole.encodeText(ids).dataSync());
    assert.equal(clip.towers, 'text');
    assert.throws(() => clip.logitScale, /one tower alone, without a temperature/);
  });

  it('reads a Blob, a URL of a file and a path as the same model', async () => {
    await collectWarnings(async () => {
      const path = join(models, 'openai-vit/model.safetensors');
      using fromPath = await loadClip(path, bare);
      using fromBlob = await loadWebClip(new Blob([await readFile(path)]), bare);
      using fromUrl = await loadClip(pathToFileURL(path), bare);
      const expected = await embeddings(fromPath, 'openai-vit');
      assert.deepEqual(await embeddings(fromBlob, 'openai-vit'), expected);
      assert.deepEqual(await embeddings(fromUrl, 'openai-vit'), expected);
    });
  });

  it('announces head counts that it assumes, and takes a published name for them', async () => {
    const warnings = await collectWarnings(async () =>
      (await loadClip(join(models, 'openai-vit/model.safetensors'), bare)).dispose(),
    );
    assert.match(warnings[0] as string, /taking heads 64 wide, so 2 and 2 of them/);
    await assert.rejects(
      loadClip(join(models, 'openai-vit/model.safetensors'), { ...bare, architecture: 'ViT-B/32' }),
      /other shapes than that architecture/,
    );
    await assert.rejects(
      loadClip(join(models, 'openai-vit/model.safetensors'), { ...bare, architecture: 'ViT-B/31' }),
      /expected one of ViT-B\/32, /,
    );
  });

  it('reads a bare file alone, and says so where a config stands beside it', async () => {
    const warnings = await collectWarnings(async () => {
      const path = await changed('open_clip-vit-gelu', (tensors) =>
        tensors.set('ln_final.bias', tensors.get('ln_final.bias') as TensorData),
      );
      await assert.rejects(
        loadClip(join(path, 'open_clip_model.safetensors'), { activation: 'gelu' }),
        /a width of 40 is no multiple of 64/,
      );
    });
    assert.match(warnings[0] as string, /open_clip_config.json beside open_clip_model.safetensors is not read/);
  });

  it('reads the preprocessing that transformers 5 keeps in processor_config.json, which goes first', async () => {
    await cp(join(models, 'hf-vit-gelu'), directory, { recursive: true });
    const write = (file: string, content: object) => writeFile(join(directory, file), JSON.stringify(content));
    const mean = async () => {
      using clip = await loadClip(directory);
      return clip.config.preprocess.mean;
    };
    await write('preprocessor_config.json', { image_mean: [0.1, 0.2, 0.3], size: 32 });
    assert.deepEqual(await mean(), [0.1, 0.2, 0.3]);
    await write('processor_config.json', { processor_class: 'CLIPProcessor' });
    assert.deepEqual(await mean(), [0.1, 0.2, 0.3]);
    await write('processor_config.json', { image_processor: { image_mean: [0.5, 0.5, 0.5], size: 32 } });
    assert.deepEqual(await mean(), [0.5, 0.5, 0.5]);
    await write('processor_config.json', { image_processor: { do_normalize: false } });
    await assert.rejects(
      loadClip(directory),
      /processor_config.json, image_processor: expected do_normalize to be true/,
    );
    using clip = await loadClip(join(models, 'hf-vit-gelu'));
    for (const file of ['preprocessor_config.json', 'config.json', 'model.safetensors', 'golden.safetensors'])
      await rm(join(directory, file), { force: true });
    await collectWarnings(() =>
      assert.rejects(saveClip(clip, directory, { layout: 'huggingface' }), /it holds processor_config.json of another/),
    );
  });

  it('says which half of a vocabulary is missing when it is used', async () => {
    await cp(join(models, 'hf-vit-gelu'), directory, { recursive: true });
    await writeFile(join(directory, 'vocab.json'), '{}');
    using clip = await loadClip(directory);
    assert.throws(() => clip.tokenizer, /vocab.json only/);
  });

  it('leaves no tensor behind where it is stopped', async () => {
    const before = tf.memory().numTensors;
    await assert.rejects(
      loadClip(join(models, 'hf-vit-gelu'), { signal: AbortSignal.abort(new Error('stopped')) }),
      /stopped/,
    );
    assert.equal(tf.memory().numTensors, before);
  });

  const refused: [what: string, load: () => Promise<unknown>, message: RegExp][] = [
    [
      'an activation that there is not',
      () => loadClip(join(models, 'openai-vit/model.safetensors'), { activation: 'relu' as 'gelu' }),
      /expected activation to be one of 'quick_gelu', 'gelu' but got "relu"/,
    ],
    [
      'a tower that there is not',
      () => loadClip(join(models, 'hf-vit-gelu'), { towers: 'txt' as 'text' }),
      /expected towers to be one of 'image', 'text', 'both' but got "txt"/,
    ],
    ['what is no source', () => loadClip(null as unknown as string), /expected a path, a URL or a Blob but got null/],
    ['a path without a file system', () => loadWebClip('some/path'), /in Node, import loadClip from clip-tfjs\/node/],
    [
      'a bare file without an activation',
      () => loadClip(join(models, 'openai-vit/model.safetensors')),
      /does not tell its activation; pass activation: 'quick_gelu'/,
    ],
    ['an activation against the config', () => loadClip(join(models, 'hf-vit-gelu'), bare), /config.json says 'gelu'/],
    [
      "an activation against open_clip's config",
      () => loadClip(join(models, 'open_clip-vit-gelu'), bare),
      /open_clip_config.json says 'gelu'/,
    ],
    [
      'a path where nothing is',
      () => loadClip('no/such/model'),
      /expected a directory or a .safetensors file, but nothing is there/,
    ],
    [
      'a published name that was not pulled',
      () => loadClip('hf-hub:no-org/none'),
      /'hf-hub:no-org\/none' is a published name/,
    ],
    ['a directory without weights', () => loadClip('docs'), /found no weights; expected model.safetensors, /],
    [
      "a Blob in Hugging Face's layout",
      async () => loadWebClip(new Blob([await readFile(join(models, 'hf-vit-gelu/model.safetensors'))])),
      /need the config.json beside them/,
    ],
    [
      'a missing tensor',
      async () => loadClip(await changed('hf-vit-gelu', (tensors) => tensors.delete('logit_scale'))),
      /'logit_scale' is missing$/,
    ],
    [
      'a tensor left over',
      async () =>
        loadClip(
          await changed('hf-vit-gelu', (tensors) =>
            tensors.set('text_model.extra', { dtype: 'F32', shape: [1], data: new Float32Array(1) }),
          ),
        ),
      /'text_model.extra' is not part of the model$/,
    ],
    [
      'a misshapen tensor',
      async () =>
        loadClip(
          await changed('hf-vit-gelu', (tensors) =>
            tensors.set('text_projection.weight', { dtype: 'F32', shape: [28, 41], data: new Float32Array(28 * 41) }),
          ),
        ),
      /'text_projection.weight' should be \[28, 40\] but is \[28, 41\]$/,
    ],
    [
      'weights that are integers',
      async () =>
        loadClip(
          await changed('hf-vit-gelu', (tensors) =>
            tensors.set('logit_scale', { dtype: 'I64', shape: [], data: new BigInt64Array(1) }),
          ),
        ),
      /'logit_scale' as float32: expected dtype F32, F16, BF16 or F64 but got I64/,
    ],
    [
      "a wrapper's prefix",
      async () =>
        loadClip(
          await changed('open_clip-vit-gelu', (tensors) => {
            for (const [key, data] of [...tensors]) {
              tensors.delete(key);
              tensors.set(`module.${key}`, data);
            }
          }),
        ),
      /training wrapper's prefix/,
    ],
  ];
  for (const [what, load, message] of refused) {
    it(`refuses ${what}`, async () => {
      const before = tf.memory().numTensors;
      await collectWarnings(() =>
        assert.rejects(load(), (error: Error) => message.test(error.message) || assert.fail(error.message)),
      );
      assert.equal(tf.memory().numTensors, before);
    });
  }

  it('refuses an open_clip config that asks for another architecture', async () => {
    await cp(join(models, 'open_clip-vit-gelu'), directory, { recursive: true });
    const path = join(directory, 'open_clip_config.json');
    const config = JSON.parse(await readFile(path, 'utf8'));
    for (const [section, key, value] of [
      ['vision_cfg', 'pool_type', 'avg'],
      ['vision_cfg', 'no_ln_pre', true],
      ['text_cfg', 'no_causal_mask', true],
      ['vision_cfg', 'timm_model_name', 'vit'],
    ] as const) {
      const asking = structuredClone(config);
      asking.model_cfg[section][key] = value;
      await writeFile(path, JSON.stringify(asking));
      await assert.rejects(loadClip(directory), new RegExp(`asks for ${key}: .* not part of CLIP's own architecture`));
    }
  });
});
