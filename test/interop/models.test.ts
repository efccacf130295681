import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { writeFileAtomically } from '../../src/node/files.ts';
import { type Clip, type LoadOptions, loadClip, saveClip, useBackend } from '../../src/node.ts';
import { encodeSafetensors, type TensorData } from '../../src/weights/safetensors.ts';
import { assertClose, assertSameDirection } from '../assert-close.ts';
import { goldens, idTensor, pixelTensor, readGolden } from '../golden.ts';
import { runPython } from './python.ts';

const tolerance = 1e-4;

/** The same as in models.py. */
const texts = ['a photo of a corgi', 'Hello, World! 123', 'naïve café 日本語'];

let directory: string;
beforeEach(async () => {
  await useBackend('wasm');
  directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('directories written by saveClip()', () => {
  const bare: LoadOptions = { activation: 'quick_gelu' };
  const cases: { layout: 'huggingface' | 'open_clip'; source: string; options?: LoadOptions }[] = [
    { layout: 'huggingface', source: 'hf-vit-gelu' },
    { layout: 'huggingface', source: 'hf-vit-bf16' },
    { layout: 'huggingface', source: 'open_clip-vit-gelu' },
    { layout: 'huggingface', source: 'openai-vit/model.safetensors', options: bare },
    { layout: 'open_clip', source: 'openai-vit/model.safetensors', options: bare },
    { layout: 'open_clip', source: 'openai-rn/model.safetensors', options: bare },
    { layout: 'open_clip', source: 'hf-vit-gelu' },
    { layout: 'open_clip', source: 'open_clip-vit-gelu' },
  ];
  for (const { layout, source, options } of cases) {
    it(`opens ${source} as ${layout} in Python with the same embeddings`, async () => {
      const clip = await loadClip(join(goldens, 'models', source), options);
      await saveClip(clip, directory, { layout });
      const given = join(goldens, 'models', source.replace('/model.safetensors', ''), 'golden.safetensors');
      await copyFile(given, join(directory, 'inputs.safetensors'));
      await openInPython(clip, layout);
      clip.dispose();
    });
  }

  for (const layout of ['huggingface', 'open_clip'] as const) {
    it(`opens a model with OpenAI's vocabulary as ${layout} in Python, with the same tokens`, async () => {
      const clip = await loadClip(join(goldens, 'pipeline', 'model.safetensors'), bare);
      await saveClip(clip, directory, { layout });
      const { ids, shape } = clip.tokenizer.tokenize(texts);
      const pixels = Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => Math.sin(i));
      const inputs = new Map<string, TensorData>([
        ['input_ids', { dtype: 'I32', shape, data: ids }],
        ['pixel_values_nchw', { dtype: 'F32', shape: [1, 3, 64, 64], data: pixels }],
      ]);
      await writeFileAtomically(join(directory, 'inputs.safetensors'), encodeSafetensors(inputs));
      const tokens = (await openInPython(clip, layout))('tokens').values;
      const ends = (row: number) => ids.subarray(row * 77, (row + 1) * 77).indexOf(clip.tokenizer.endId) + 1;
      for (const row of texts.keys()) {
        const [from, to] = [row * 77, row * 77 + ends(row)];
        assert.deepEqual([...tokens.subarray(from, to)], [...ids.subarray(from, to)]);
      }
      clip.dispose();
    });
  }

  /** Encodes inputs.safetensors there, compares with ours and gives what Python wrote. */
  async function openInPython(clip: Clip, layout: string) {
    const printed = runPython('models.py', 'open', directory, layout);
    if (layout === 'open_clip') assert.match(printed, /Normalize\(mean=.0\.48145466/);
    const answers = await readGolden(join(directory, 'outputs.safetensors'));
    const asked = await readGolden(join(directory, 'inputs.safetensors'));
    await compare(clip, (name) => (name.endsWith('features') ? answers(name) : asked(name)));
    assertClose('logit_scale', [Math.log(clip.logitScale)], answers('logit_scale').values, 1e-6);
    return answers;
  }
});

async function compare(clip: Clip, golden: (name: string) => { shape: number[]; values: Float32Array }): Promise<void> {
  for (const [features, encode] of [
    ['image_features', () => clip.encodeImage(pixelTensor(golden('pixel_values_nchw')))],
    ['text_features', () => clip.encodeText(idTensor(golden('input_ids')))],
  ] as const) {
    const encoded = tf.tidy(encode);
    const values = (await encoded.data()) as Float32Array;
    encoded.dispose();
    assertClose(features, values, golden(features).values, tolerance);
    assertSameDirection(features, values, golden(features).values, clip.config.embedDim);
  }
}
