import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGuardData } from '../../../src/node/guard-data.ts';
import { pictureFeatures } from '../../../src/node/training/features/picture-features.ts';
import { isStep, type LogEntry } from '../../../src/node/training/log.ts';
import { type DataChoice, readTrainingData } from '../../../src/node/training/read-data.ts';
import { trainOnFiles } from '../../../src/node/training/run.ts';
import { defaultSettings, type TrainingSettings } from '../../../src/node/training/settings.ts';
import { openSampleSource } from '../../../src/node/workers/sample-source.ts';
import { useBackend } from '../../../src/node.ts';
import { tarOf } from '../shards/tar-of.ts';
import { shapeClip, writeShapes, writeShapeTable } from './shapes.ts';

const settings: TrainingSettings = { ...defaultSettings, epochs: 3, batchSize: 8, learningRate: 3e-3, seed: 5 };

describe('trainOnFiles() on shards and mixtures', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  before(() => useBackend('wasm'));
  const table = writeShapeTable(folder);
  const shapes = writeShapes(folder);
  for (const shard of [0, 1]) {
    const files = shapes.slice(12 * shard, 12 * shard + 12).flatMap(({ image, text }, at) => [
      { name: `${at}.png`, content: readFileSync(join(folder, image)) },
      { name: `${at}.txt`, content: text },
    ]);
    writeFileSync(join(folder, `${shard}.tar`), tarOf(files));
  }
  const shards = join(folder, '{0..1}.tar');

  /** The lines of the log without times, of a run that is stopped after these steps and called again. */
  async function logOf(
    out: string,
    choice: Omit<DataChoice, 'templates'>,
    stops: readonly number[] = [],
  ): Promise<LogEntry[]> {
    const log: LogEntry[] = [];
    for (const stop of [...stops, undefined]) {
      const { training, validation } = await readTrainingData(choice, 1);
      const clip = shapeClip();
      const signal = new AbortController();
      const run = { out: join(folder, out), settings, workers: 0, signal: signal.signal };
      for await (const { time, ...entry } of trainOnFiles(clip, training, validation, run)) {
        log.push({ ...entry, time: '', ...('samplesPerSecond' in entry && { samplesPerSecond: 0 }) } as LogEntry);
        if (isStep(log.at(-1)!) && (log.at(-1) as { step: number }).step === stop) signal.abort();
      }
      clip.dispose();
    }
    return log;
  }

  it('learns from shards what it learns from files, with a part set apart, and stopped anywhere', async () => {
    const fromTable = await logOf('table', { data: table, valShare: 0.25 });
    assert.equal(fromTable.filter(isStep).length, 6);
    assert.deepEqual(await logOf('shards', { data: shards, valShare: 0.25 }), fromTable);
    assert.deepEqual(await logOf('stopped', { data: shards, valShare: 0.25 }, [1, 3, 4]), fromTable);
    assert.match(readFileSync(join(folder, 'shards', 'report.html'), 'utf8'), /data:image\/png;base64/);
  });

  it('goes on with a mixture as if it had not been stopped, and shows pairs by their weights', async () => {
    const mixed = { data: [table, shards], dataWeight: [0.5, 2], val: [join(folder, '1.tar'), table] };
    const whole = await logOf('mixed', mixed);
    assert.equal(whole.filter(isStep).length, 3 * Math.floor((12 + 48) / 8));
    assert.deepEqual(await logOf('mixed-stopped', mixed, [2, 9]), whole);
    await assert.rejects(logOf('mixed', { ...mixed, dataWeight: [0.5, 1] }), /the training data changed/);
  });

  it('names shard and sample of a picture that cannot be decoded', async () => {
    const broken = join(folder, 'broken.tar');
    const files = shapes.flatMap(({ image, text }, at) => [
      { name: `${at}.png`, content: at === 7 ? 'no picture' : readFileSync(join(folder, image)) },
      { name: `${at}.txt`, content: text },
    ]);
    writeFileSync(broken, tarOf(files));
    const { training } = await readTrainingData({ data: broken }, 1);
    const said: string[] = [];
    const clip = shapeClip();
    const run = { out: join(folder, 'broken'), settings, workers: 1, report: (message: string) => said.push(message) };
    for await (const _ of trainOnFiles(clip, training, undefined, run));
    clip.dispose();
    const skipped = said.filter((message) => message.startsWith('skipped'));
    assert.equal(skipped.length, 1);
    assert.match(skipped[0] ?? '', /^skipped 7\.png of .*broken\.tar: Cannot read image/);
    assert.match(readFileSync(join(folder, 'broken', 'report.html'), 'utf8'), /<td>7\.png of [^<]*broken\.tar<\/td>/);
  });

  it('embeds the pictures of shards once for a locked tower, and finds them on the disk again', async () => {
    const clip = shapeClip();
    const { preprocess } = clip.config;
    const source = openSampleSource(0, 8, { preprocess, augmentation: {}, exifRotate: false }, clip.tokenizer);
    const computed = async (data: string) => {
      let count = 0;
      const onProgress = (done: number) => {
        count = done;
      };
      const { training } = await readTrainingData({ data }, 1);
      const options = { folder: join(folder, 'features'), exifRotate: false, batchSize: 8, onProgress };
      const features = await pictureFeatures(clip, training.pairs, source, options);
      return { count, features: [...features.values()] };
    };
    const first = await computed(shards);
    assert.equal(first.features.length, 24);
    assert.deepEqual((await computed(table)).features, first.features);
    const again = await computed(shards);
    assert.deepEqual([again.count, again.features], [0, first.features]);
    clip.dispose();
  });

  it('takes shards for a guard, too', async () => {
    const { pairs, said } = await readGuardData(shards);
    assert.deepEqual([pairs.length, 'texts' in said && said.texts.length], [24, 24]);
    const clip = shapeClip();
    const { training } = await readTrainingData({ data: table }, 1);
    const run = { out: join(folder, 'guarded'), settings, workers: 0, guard: { data: await readGuardData(shards) } };
    const scores: (number | undefined)[] = [];
    for await (const entry of trainOnFiles(clip, training, undefined, run))
      if (!isStep(entry)) scores.push(entry.guard?.count);
    clip.dispose();
    assert.deepEqual(scores, [24, 24, 24, 24]);
  });

  it('refuses weights that are not one for each source', async () => {
    await assert.rejects(
      readTrainingData({ data: [table, shards], dataWeight: [1] }, 1),
      /expected a --data-weight for each of 2 --data but got 1/,
    );
    await assert.rejects(readTrainingData({ data: table, dataWeight: [0] }, 1), /expected a weight above 0 but got 0/);
  });
});
