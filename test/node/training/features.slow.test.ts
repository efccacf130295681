import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { pairList, takePairs } from '../../../src/node/pair-list.ts';
import { type FilePair, type PairSet, readPairs } from '../../../src/node/pairs.ts';
import { splitPairs } from '../../../src/node/split-pairs.ts';
import { pictureFeatures } from '../../../src/node/training/features/picture-features.ts';
import { isStep, type LogEntry } from '../../../src/node/training/log.ts';
import { trainOnFiles } from '../../../src/node/training/run.ts';
import type { RunOptions } from '../../../src/node/training/run-options.ts';
import { defaultSettings, type TrainingSettings } from '../../../src/node/training/settings.ts';
import { openSampleSource } from '../../../src/node/workers/sample-source.ts';
import { type Clip, useBackend } from '../../../src/node.ts';
import { assertClose } from '../../assert-close.ts';
import { onEachBackend } from '../../golden.ts';
import { shapeClip, writeShapeTable } from './shapes.ts';

const settings: TrainingSettings = { ...defaultSettings, epochs: 3, batchSize: 8, learningRate: 3e-3, seed: 5 };
const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
const all = await readPairs(writeShapeTable(folder));
const pairs = (await takePairs(all.pairs)).map((pair, row) => ({ ...pair, texts: [...pair.texts, `number ${row}`] }));
const split = await splitPairs(pairList(pairs), 0.25, 1);
const training: PairSet = { ...all, pairs: split.training };
const validation: PairSet = { ...all, pairs: split.validation };

type Outcome = { log: LogEntry[]; weights: Map<string, Float32Array>; said: string[] };

async function run(options: Partial<RunOptions> & { out: string }): Promise<Outcome> {
  const clip = shapeClip();
  const said: string[] = [];
  const report = (message: string) => said.push(message);
  const log: LogEntry[] = [];
  const augmentation = { crop: null };
  const progress = trainOnFiles(clip, training, validation, { settings, augmentation, workers: 0, report, ...options });
  for await (const entry of progress) log.push(entry);
  const weights = new Map<string, Float32Array>();
  for (const [name, tensor] of clip.parameters) weights.set(name, await tensor.data<'float32'>());
  clip.dispose();
  return { log, weights, said };
}

describe('the features of a locked tower', () => {
  after(() => rmSync(folder, { recursive: true }));

  onEachBackend((backend) => {
    before(() => useBackend(backend));
    /** To the last bit where a row's numbers do not depend on how many rows are computed at once. */
    const tolerance = backend === 'cpu' || backend === 'wasm' ? 0 : 1e-6;

    for (const [tower, freeze] of [
      ['image', 'visual.'],
      ['text', 'text.'],
    ] as const)
      it(`train as the tower itself does: ${tower}`, async () => {
        const cacheFeatures = join(folder, `features-${backend}-${tower}`);
        const locked = { ...settings, freeze: [freeze] };
        const place = (name: string) => join(folder, `${backend}-${tower}-${name}`);
        const before = tf.memory().numTensors;
        const plain = await run({ out: place('plain'), settings: locked, cacheFeatures: false });
        const cached = await run({ out: place('cached'), settings: locked, cacheFeatures });
        assert.equal(tf.memory().numTensors, before);
        assert.match(cached.said.join('\n'), new RegExp(`the ${tower} tower is locked: each .* is embedded once`));
        assert.doesNotMatch(plain.said.join('\n'), /embedded once/);
        const losses = ({ log }: Outcome) => log.map((entry) => (isStep(entry) ? entry.loss : entry.validation!.loss)!);
        assertClose('losses', losses(cached), losses(plain), tolerance);
        for (const [name, values] of plain.weights) assertClose(name, cached.weights.get(name)!, values, tolerance);
        const again = await run({ out: place('again'), settings: locked, cacheFeatures }); // from the disk
        assert.deepEqual(losses(again), losses(cached));
      });
  });

  it('are computed for a picture that was changed, another model, and pictures that are turned', async () => {
    await useBackend('cpu');
    const clip = shapeClip();
    const other = shapeClip(2);
    const shared = join(folder, 'features-changed');
    const made = writeShapes('changed');
    const computed = async (model: Clip, exifRotate = false) => {
      const source = openSampleSource(
        0,
        8,
        { preprocess: model.config.preprocess, augmentation: {}, exifRotate },
        model.tokenizer,
      );
      let count = 0;
      const onProgress = (done: number) => {
        count = done;
      };
      const options = { folder: shared, exifRotate, batchSize: 8, onProgress };
      const features = await pictureFeatures(model, made, source, options);
      return { count, features };
    };
    const first = await computed(clip);
    assert.equal(first.count, made.length);
    assert.deepEqual(await computed(clip), { count: 0, features: first.features });
    const [{ image }] = made as [FilePair];
    writeFileSync(image, readFileSync((made[5] as FilePair).image));
    utimesSync(image, 1, 1);
    const second = await computed(clip);
    assert.equal(second.count, 1);
    assert.deepEqual(second.features.get(image), first.features.get((made[5] as FilePair).image));
    assert.equal((await computed(clip)).count, 0);
    assert.equal((await computed(other)).count, made.length);
    assert.equal((await computed(clip, true)).count, made.length);
    assert.equal(readdirSync(shared).length, 3);
    writeFileSync(image, 'no picture');
    assert.ok((await computed(clip)).features.get(image) instanceof Error);
    clip.dispose();
    other.dispose();
  });

  it('are kept when the work is stopped, and go on', async () => {
    await useBackend('cpu');
    const clip = shapeClip();
    const made = writeShapes('stopped');
    const source = openSampleSource(
      0,
      4,
      { preprocess: clip.config.preprocess, augmentation: {}, exifRotate: false },
      clip.tokenizer,
    );
    const stop = new AbortController();
    const options = { folder: join(folder, 'features-stopped'), exifRotate: false, batchSize: 4 };
    const stopAtEight = (done: number) => {
      if (done >= 8) stop.abort();
    };
    const before = tf.memory().numTensors;
    await assert.rejects(
      pictureFeatures(clip, made, source, { ...options, signal: stop.signal, onProgress: stopAtEight }),
      { name: 'AbortError' },
    );
    assert.equal(tf.memory().numTensors, before);
    let total = 0;
    const onProgress = (_: number, all: number) => {
      total = all;
    };
    const features = await pictureFeatures(clip, made, source, { ...options, onProgress });
    assert.equal(features.size, made.length);
    assert.equal(total, made.length - 8);
    clip.dispose();
  });

  it('are not used where pictures are varied, which is said', async () => {
    await useBackend('cpu');
    const { said } = await run({
      out: join(folder, 'varied'),
      settings: { ...settings, freeze: ['visual.'], epochs: 1 },
      augmentation: { affine: { rotate: 5 } },
      cacheFeatures: join(folder, 'features-varied'),
    });
    assert.match(said.join('\n'), /pictures are varied each time, so it runs in each step/);
    assert.ok(!readdirSync(folder).includes('features-varied'));
  });
});

/** The pictures of shapes once more, in a folder of their own. */
function writeShapes(name: string): FilePair[] {
  const place = mkdtempSync(join(folder, name));
  return pairs.map(({ image, ...pair }, row) => {
    const path = join(place, `${row}.png`);
    writeFileSync(path, readFileSync(image));
    return { ...pair, image: path };
  });
}
