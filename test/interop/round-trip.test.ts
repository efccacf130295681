import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { writeFileAtomically } from '../../src/node/files.ts';
import { type Clip, loadClip, saveClip, useBackend } from '../../src/node.ts';
import { normalNumbers } from '../../src/random.ts';
import { finetune, infoNceLoss } from '../../src/train.ts';
import { encodeSafetensors } from '../../src/weights/safetensors.ts';
import { assertClose, assertSameDirection } from '../assert-close.ts';
import { goldens, idTensor, pixelTensor, readGolden } from '../golden.ts';
import { collectWarnings } from '../warnings.ts';
import { interpreter, runPython } from './python.ts';

const captions = ['a photo of a corgi', 'Hello, World! 123', 'naïve café 日本語', 'a red bicycle'];
const size = 64;

let directory: string;
before(() => useBackend('wasm'));
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** The tiny QuickGELU model with OpenAI's vocabulary, trained for three steps. */
async function trainedHere(): Promise<Clip> {
  const source = join(goldens, 'pipeline', 'model.safetensors');
  const clip = await loadClip(source, { activation: 'quick_gelu' });
  const { ids } = clip.tokenizer.tokenize(captions);
  const pixels = Float32Array.from({ length: captions.length * size * size * 3 }, normalNumbers(3));
  const before = clip.logitScale;
  for await (const { loss } of finetune(clip, Array(3).fill({ pixels, ids }), { steps: 3, learningRate: 1e-3 }))
    assert.ok(Number.isFinite(loss));
  assert.notEqual(clip.logitScale, before);
  return clip;
}

/** Four other pictures with the captions, as Python takes them. */
async function writeBatch(clip: Clip): Promise<void> {
  const { ids, shape } = clip.tokenizer.tokenize(captions);
  const pixels = Float32Array.from({ length: captions.length * 3 * size * size }, normalNumbers(4));
  const batch = encodeSafetensors(
    new Map([
      ['input_ids', { dtype: 'I32', shape, data: ids }],
      ['pixel_values_nchw', { dtype: 'F32', shape: [captions.length, 3, size, size], data: pixels }],
    ] as const),
  );
  await writeFileAtomically(join(directory, 'saved', 'batch.safetensors'), batch);
}

/** The script of docs/training.md that turns a checkpoint of open_clip's trainer into safetensors. */
async function documentedConversion(): Promise<string> {
  const text = await readFile(join('docs', 'training.md'), 'utf8');
  const [, script] = /```python\n(import sys[\s\S]*?)```/.exec(text) ?? [];
  assert.ok(script, 'docs/training.md has the script');
  return script;
}

for (const layout of ['huggingface', 'open_clip'] as const) {
  describe(`a model trained here, then by Python from ${layout}, then here again`, () => {
    it('keeps its numbers, temperature, activation, preprocessing and tokenizer', async () => {
      await collectWarnings(async () => {
        using first = await trainedHere();
        const [saved, returned] = [join(directory, 'saved'), join(directory, 'returned')];
        await mkdir(returned);
        await saveClip(first, saved, { layout });
        await writeBatch(first);
        const batch = await readGolden(join(saved, 'batch.safetensors'));
        runPython('round_trip.py', layout, saved, returned);
        if (layout === 'open_clip') {
          const script = join(directory, 'convert.py');
          await writeFile(script, await documentedConversion());
          for (const file of await readdir(saved))
            if (/\.(json|txt)$/.test(file)) await cp(join(saved, file), join(returned, file));
          execFileSync(interpreter, [script, join(returned, 'epoch_1.pt'), returned]);
        }
        const outputs = await readGolden(join(returned, 'outputs.safetensors'));

        const loss = tf.tidy(() => {
          const unit = (rows: tf.Tensor2D) => tf.div(rows, tf.norm(rows, 2, 1, true)) as tf.Tensor2D;
          const images = unit(first.encodeImage(pixelTensor(batch('pixel_values_nchw'))));
          const texts = unit(first.encodeText(idTensor(batch('input_ids'))));
          return infoNceLoss(images, texts, tf.scalar(first.logitScale)).dataSync();
        });
        assertClose('loss before the step in Python', loss, outputs('loss').values, 1e-4);

        using again = await loadClip(returned);
        assert.deepEqual(again.config, first.config);
        assert.equal(again.config.text?.activation, 'quick_gelu');
        assert.notEqual(again.logitScale, first.logitScale);
        assertClose('logit_scale', [Math.log(again.logitScale)], outputs('logit_scale').values, 1e-6);
        for (const text of captions) assert.deepEqual(again.tokenizer.encode(text), first.tokenizer.encode(text));
        for (const [name, encode] of [
          ['image_features', () => again.encodeImage(pixelTensor(batch('pixel_values_nchw')))],
          ['text_features', () => again.encodeText(idTensor(batch('input_ids')))],
        ] as const) {
          const values = tf.tidy(() => encode().dataSync<'float32'>());
          assertClose(name, values, outputs(name).values, 1e-4);
          assertSameDirection(name, values, outputs(name).values, again.config.embedDim);
        }

        const { ids } = again.tokenizer.tokenize(captions);
        const pixels = Float32Array.from({ length: captions.length * size * size * 3 }, normalNumbers(5));
        for await (const step of finetune(again, [{ pixels, ids }], { steps: 1, learningRate: 1e-4 }))
          assert.ok(Number.isFinite(step.loss) && step.skipped === 0);
      });
    });
  });
}

describe('docs/training.md', () => {
  it("calls open_clip's trainer with flags that it has", async () => {
    const text = await readFile(join('docs', 'training.md'), 'utf8');
    const [, command = ''] = /^torchrun [\s\S]*?-m open_clip_train\.main \\\n([\s\S]*?)\n```/m.exec(text) ?? [];
    const parsed = JSON.parse(
      runPython('round_trip.py', 'flags', ...command.replaceAll('\\\n', ' ').trim().split(/\s+/)),
    );
    assert.match(parsed.model, /^local-dir:/);
    assert.equal(parsed.csv_separator, ',');
    assert.deepEqual([parsed.beta2, parsed.eps, parsed.grad_clip_norm], [0.98, 1e-6, 1]);
    assert.ok(parsed.local_loss && parsed.gather_with_grad);
  });
});
