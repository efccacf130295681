import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { writeFileAtomically } from '../../src/node/files.ts';
import { type Clip, loadClip, mergeAdapterFrom, modelHash, saveAdapter, saveClip, useBackend } from '../../src/node.ts';
import { normalNumbers } from '../../src/random.ts';
import { contrastiveGradients, loraOf, loraTargets } from '../../src/train.ts';
import { fromOutputFirst } from '../../src/weights/axes.ts';
import { huggingfaceNames } from '../../src/weights/huggingface.ts';
import { encodeSafetensors } from '../../src/weights/safetensors.ts';
import { assertClose, largest } from '../assert-close.ts';
import { goldens, idTensor, pixelTensor, readGolden } from '../golden.ts';
import { collectWarnings } from '../warnings.ts';
import { runPython } from './python.ts';

const captions = ['a photo of a corgi', 'Hello, World! 123', 'naïve café 日本語', 'a red bicycle'];
const size = 64;
const source = join(goldens, 'pipeline', 'model.safetensors');

describe("LoRA here and PEFT's", () => {
  let directory: string;
  let base: string;
  before(async () => {
    await useBackend('wasm');
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    base = join(directory, 'base');
    using clip = await loadClip(source, { activation: 'quick_gelu' });
    await saveClip(clip, base, { layout: 'huggingface' });
  });
  after(() => rm(directory, { recursive: true }));

  /** Four pictures with captions, as Python takes them. */
  async function batchIn(clip: Clip, out: string): Promise<{ pixels: tf.Tensor4D; ids: tf.Tensor2D }> {
    await mkdir(out);
    const { ids, shape } = clip.tokenizer.tokenize(captions);
    const pixels = Float32Array.from({ length: captions.length * 3 * size * size }, normalNumbers(4));
    const tensors = new Map([
      ['input_ids', { dtype: 'I32', shape, data: ids }],
      ['pixel_values_nchw', { dtype: 'F32', shape: [captions.length, 3, size, size], data: pixels }],
    ] as const);
    const path = join(out, 'inputs.safetensors');
    await writeFileAtomically(path, encodeSafetensors(tensors));
    const golden = await readGolden(path);
    return { pixels: pixelTensor(golden('pixel_values_nchw')), ids: idTensor(golden('input_ids')) };
  }

  function logitsOf(clip: Clip, { pixels, ids }: { pixels: tf.Tensor4D; ids: tf.Tensor2D }): Float32Array {
    return tf.tidy(() => {
      const unit = (rows: tf.Tensor2D) => tf.div(rows, tf.norm(rows, 2, 1, true)) as tf.Tensor2D;
      const cosines = tf.matMul(unit(clip.encodeImage(pixels)), unit(clip.encodeText(ids)), false, true);
      return tf.mul(cosines, clip.logitScale).dataSync<'float32'>();
    });
  }

  it('have the same outputs and the same gradients with an adapter that was saved here', async () => {
    using clip = await loadClip(base);
    const lora = loraOf(clip, { rank: 3, alpha: 7, targets: loraTargets });
    const normal = normalNumbers(2);
    const { kernels, ...rest } = await lora.adapter();
    const learned = [...kernels].map(([name, change]) => [name, { ...change, b: change.b.map(() => 0.05 * normal()) }]);
    const adapter = {
      ...rest,
      kernels: new Map(learned as [string, { rank: number; a: Float32Array; b: Float32Array }][]),
    };
    const hash = await modelHash(clip);
    await saveAdapter(join(directory, 'adapter'), adapter, { config: clip.config, base: hash });
    lora.load(adapter);
    const out = join(directory, 'opened');
    const batch = await batchIn(clip, out);
    runPython('lora.py', 'open', base, join(directory, 'adapter'), out);
    const theirs = await readGolden(join(out, 'outputs.safetensors'));
    assertClose('logits', logitsOf(clip, batch), theirs('logits').values, 1e-3);

    const changes = new Set(lora.changes);
    const { loss, gradients } = contrastiveGradients(clip, batch, {
      trainable: (name) => changes.has(name),
      project: lora.project,
    });
    assertClose('loss', await loss.data(), theirs('loss').values, 1e-5);
    for (const name of changes) {
      const [inputs, outputs] = clip.parameters.get(name)!.shape as [number, number];
      const path = name.replace(/kernel$/, '');
      const parts = huggingfaceNames(name).keys.map((key) => `base_model.model.${key.replace(/weight$/, 'lora_')}`);
      const dA = new Float32Array(inputs * 3); // the three projections share A here
      const dB = Float32Array.from(parts.flatMap((part) => [...theirs(`${part}B.weight`).values]));
      for (const part of parts)
        for (const [index, value] of theirs(`${part}A.weight`).values.entries()) dA[index]! += value;
      const near = async (matrix: string, expected: Float32Array) =>
        assertClose(
          `${path}${matrix}`,
          await gradients.get(`${path}${matrix}`)!.data(),
          expected,
          1e-4 * largest(expected) + 1e-8,
        );
      await near('loraA', fromOutputFirst(dA, [inputs, 3]));
      await near('loraB', fromOutputFirst(dB, [3, outputs]));
    }
    lora.dispose();
    tf.dispose([loss, ...gradients.values(), batch.pixels, batch.ids]);
  });

  it('have the same outputs with an adapter that was made there', async () => {
    using clip = await loadClip(base);
    const out = join(directory, 'made');
    const batch = await batchIn(clip, out);
    runPython('lora.py', 'make', base, out);
    const before = logitsOf(clip, batch);
    const theirs = (await readGolden(join(out, 'outputs.safetensors')))('logits').values;
    assert.ok(Math.abs(before[0]! - theirs[0]!) > 1e-2, 'the adapter changes something');
    await collectWarnings(() => mergeAdapterFrom(clip, out));
    assertClose('logits', logitsOf(clip, batch), theirs, 1e-3);
    tf.dispose([batch.pixels, batch.ids]);
  });
});
