import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  buildClassifier,
  type Clip,
  classify,
  embedImages,
  embedTexts,
  type Image,
  loadClip,
  preprocess,
  readImage,
  similarities,
  TextTooLongError,
  useBackend,
} from '../src/node.ts';
import { assertClose } from './assert-close.ts';
import { goldens, onEachBackend, readGolden } from './golden.ts';
import { collectWarnings } from './warnings.ts';

const pipeline = JSON.parse(await readFile(join(goldens, 'pipeline', 'case.json'), 'utf8'));

onEachBackend((backend) => {
  describe('the golden pipeline', () => {
    let clip: Clip;
    let images: Image[];
    let labels: string[];
    let golden: Awaited<ReturnType<typeof readGolden>>;
    before(async () => {
      await useBackend(backend);
      await collectWarnings(async () => {
        clip = await loadClip(join(goldens, 'pipeline', 'model.safetensors'), { activation: 'quick_gelu' });
      });
      const files: string[] = pipeline.images;
      images = await Promise.all(files.map((file) => readImage(join(goldens, 'images', file))));
      labels = pipeline.labels;
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

    it('gives rows as long as the tower does when they shall not be scaled', async () => {
      const rows = await embedImages(clip, images, { unit: false });
      const units = await embedImages(clip, images);
      for (const [picture, row] of rows.entries()) {
        const length = Math.hypot(...row);
        assert.ok(Math.abs(length - 1) > 0.01, `length ${length}`);
        assertClose(
          `picture ${picture}`,
          row.map((entry) => entry / length),
          units[picture]!,
          1e-6,
        );
      }
      const { size } = clip.config.preprocess;
      const pixels = tf.tensor4d(preprocess(images[0]!, clip.config.preprocess), [1, size, size, 3]);
      const features = clip.encodeImage(pixels);
      assertClose('features', rows[0]!, await features.data(), 1e-5);
      tf.dispose([pixels, features]);
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

    it('gives the prompt ensemble of the reference and its logits', async () => {
      const classifier = await buildClassifier(clip, pipeline.class_names, { templates: pipeline.templates });
      assertClose(
        'weights',
        classifier.weights.flatMap((row) => [...row]),
        golden('zeroshot_weights').values,
        1e-4,
      );
      const results = await classify(clip, images, classifier);
      const logits = results.flatMap(({ ranked }) =>
        classifier.classNames.map((name) => 100 * (ranked.find(({ label }) => label === name)?.similarity as number)),
      );
      assertClose('zeroshot_logits', logits, golden('zeroshot_logits').values, 1e-2); // 1e-4 of a cosine
    });

    it('classifies one picture, many, and those that come one by one, all the same', async () => {
      const classifier = await buildClassifier(clip, ['cat', 'dog', 'corgi']);
      const many = await classify(clip, images, classifier, { batchSize: 3 });
      async function* oneByOne() {
        for (const image of images) yield preprocess(image, clip.config.preprocess);
      }
      assert.deepEqual(await classify(clip, oneByOne(), classifier, { batchSize: 3 }), many);
      const [first] = many;
      const alone = await classify(clip, images[0] as Image, classifier);
      assert.equal(alone.best?.label, first?.best?.label);
      assert.ok(Math.abs(alone.ranked.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-6);
      const strict = await classify(clip, images[0] as Image, classifier, { threshold: 0.99 });
      assert.equal(strict.best, undefined);
      assert.equal(strict.ranked.length, 3);
    });

    it('refuses classifiers that make no sense', async () => {
      await assert.rejects(buildClassifier(clip, []), /expected at least one class name/);
      await assert.rejects(buildClassifier(clip, ['a', 'b', 'a']), /class 'a' is named twice/);
      await assert.rejects(
        buildClassifier(clip, ['a'], { templates: ['a photo'] }),
        /expected {} where the class name goes/,
      );
      const foreign = { classNames: ['a'], templates: [], weights: [new Float32Array(3)] };
      await assert.rejects(classify(clip, images, foreign), /has width 3 but the model 32; build it with this model/);
      await assert.rejects(
        embedImages(clip, ['a.png' as unknown as Image]),
        /expected what readImage or preprocess returns but got string/,
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
        return tf.div(features, tf.norm(features, 2, 1, true));
      });
      assertClose(
        '77 positions',
        (await embedTexts(clip, labels)).flatMap((row) => [...row]),
        await whole.data(),
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

    it('stops at a signal that comes from outside, and lets timers run', async () => {
      const texts = new Array(3000).fill('a dog');
      const stopping = embedTexts(clip, texts, { batchSize: 4, signal: AbortSignal.timeout(30) });
      await assert.rejects(stopping, { name: 'TimeoutError' });
    });

    it('names what is no list of texts', async () => {
      await assert.rejects(
        embedTexts(clip, 'a dog' as unknown as string[]),
        /expected an array of strings but got string/,
      );
    });

    it('cuts over-long texts only when asked', async () => {
      const [row] = await embedTexts(clip, ['word '.repeat(100)], { truncate: true });
      const [first] = await embedTexts(clip, ['word '.repeat(75)]);
      assertClose('truncated', row as Float32Array, first as Float32Array, 1e-6);
    });
  });
});
