import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  type Clip,
  embedImages,
  embedTexts,
  loadClip,
  similarities,
  TextTooLongError,
  useBackend,
} from '../src/node.ts';
import { assertClose } from './assert-close.ts';
import { goldens, onEachBackend, readGolden } from './golden.ts';
import { readPipelinePixels } from './pipeline.ts';
import { collectWarnings } from './warnings.ts';

onEachBackend((backend) => {
  describe('the golden pipeline', () => {
    let clip: Clip;
    let images: Float32Array[];
    let labels: string[];
    let golden: Awaited<ReturnType<typeof readGolden>>;
    before(async () => {
      await useBackend(backend);
      await collectWarnings(async () => {
        clip = await loadClip(join(goldens, 'pipeline', 'model.safetensors'), { activation: 'quick_gelu' });
      });
      images = await readPipelinePixels(clip.config.preprocess);
      labels = JSON.parse(await readFile(join(goldens, 'pipeline', 'case.json'), 'utf8')).labels;
      golden = await readGolden(join(goldens, 'pipeline', 'golden.safetensors'));
    });
    after(() => clip.dispose());

    it('gives the unit vectors of the reference', async () => {
      assertClose(
        'text_embeds',
        (await embedTexts(clip, labels)).flatMap((row) => [...row]),
        golden('text_embeds').values,
        1e-4,
      );
      assertClose(
        'image_embeds',
        (await embedImages(clip, images)).flatMap((row) => [...row]),
        golden('image_embeds').values,
        1e-4,
      );
    });

    it('gives the probabilities of the reference', async () => {
      const { cosine, probability } = await similarities(clip, images, labels);
      const logits = cosine.flatMap((row) => Array.from(row, (value) => value * clip.logitScale));
      assertClose('logits', logits, golden('logits_per_image').values, 1e-4 * clip.logitScale);
      assertClose(
        'probs',
        probability.flatMap((row) => [...row]),
        golden('probs').values,
        1e-4,
      );
    });

    it('gives the same rows whatever the batches, in the order of the texts', async () => {
      const texts = ['a very long description of a photograph of a dog', 'cat', ...labels, '', 'two words', 'cat'];
      const together = await embedTexts(clip, texts, { batchSize: 64 });
      const alone = await embedTexts(clip, texts, { batchSize: 1 });
      for (const [index, row] of together.entries())
        assertClose(`text ${index}`, row, alone[index] as Float32Array, 1e-6);
      assert.deepEqual(together[1], together.at(-1));
    });

    it('gives for cropped texts what all 77 positions give', async () => {
      const { ids, shape } = clip.tokenizer.tokenize(labels);
      const whole = tf.tidy(() => {
        const features = clip.encodeText(tf.tensor2d(ids, shape, 'int32'));
        return tf.div(features, tf.norm(features, 2, 1, true)).dataSync();
      });
      assertClose(
        '77 positions',
        (await embedTexts(clip, labels)).flatMap((row) => [...row]),
        whole,
        1e-6,
      );
    });

    it('leaves no tensor behind, whether it ends well or not', async () => {
      const before = tf.memory().numTensors;
      await similarities(clip, images, labels, { batchSize: 2 });
      await assert.rejects(embedTexts(clip, ['word '.repeat(100)]), TextTooLongError);
      await assert.rejects(embedImages(clip, [new Float32Array(3)]), /expected 12288 values \[64, 64, 3\] but got 3/);
      await assert.rejects(embedTexts(clip, labels, { batchSize: 0 }), /batchSize to be a positive integer but got 0/);
      assert.equal(tf.memory().numTensors, before);
    });

    it('reports progress and stops when asked', async () => {
      const seen: [number, number][] = [];
      await embedTexts(clip, labels, { batchSize: 4, onProgress: (done, total) => seen.push([done, total]) });
      assert.deepEqual(seen, [
        [4, 6],
        [6, 6],
      ]);
      const controller = new AbortController();
      const stopping = embedTexts(clip, labels, {
        batchSize: 1,
        signal: controller.signal,
        onProgress: () => controller.abort(new Error('enough')),
      });
      await assert.rejects(stopping, /enough/);
      assert.deepEqual(await embedTexts(clip, []), []);
    });

    it('cuts over-long texts only when asked', async () => {
      const [row] = await embedTexts(clip, ['word '.repeat(100)], { truncate: true });
      const [first] = await embedTexts(clip, ['word '.repeat(75)]);
      assertClose('truncated', row as Float32Array, first as Float32Array, 1e-6);
    });
  });
});
