import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { sweepSections } from '../../src/node/wise-ft-report.ts';
import { bestOf, readGuardData, type SweepPoint, sweepAlphas, useBackend } from '../../src/node.ts';
import { shapeClip, writeShapes } from './training/shapes.ts';

const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
const shapes = writeShapes(folder);
const table = (name: string, head: string, rows: readonly string[]) => {
  writeFileSync(join(folder, name), `${head}\n${rows.join('\n')}\n`);
  return join(folder, name);
};
const labels = table(
  'labels.csv',
  'filepath,label',
  shapes.slice(0, 8).map(({ image, text }) => `${image},${text.split(' ')[1]}`),
);
const captions = table('captions.csv', 'filepath,title', [
  ...shapes.slice(8, 14).map(({ image, text }) => `${image},${text}`),
  'captions.csv,no picture at all',
]);

const point = (alpha: number, data: number, guard: number): SweepPoint => {
  const score = (value: number) => ({ metric: 'accuracy', value, low: value, high: value, count: 20 }) as const;
  return { alpha, data: score(data), guard: score(guard), sum: data + guard };
};

describe('readGuardData()', () => {
  after(() => rmSync(folder, { recursive: true }));

  it('takes a table with labels, a folder per class, and pairs', async () => {
    const labelled = await readGuardData(labels, { templates: ['a {}'] });
    assert.deepEqual(labelled.said, {
      classes: ['green', 'red'],
      labels: [1, 1, 1, 1, 0, 0, 0, 0],
      templates: ['a {}'],
    });
    const pairs = await readGuardData(captions);
    assert.ok('texts' in pairs.said);
    assert.deepEqual([pairs.pairs.length, pairs.said.texts.length, pairs.said.textsOf[6]], [7, 7, [6]]);
    const other = await readGuardData(labels, { labelColumn: 'kind', textColumn: 'label' });
    assert.ok('texts' in other.said, 'without a column of labels it holds pairs');
    await assert.rejects(readGuardData(join(folder, 'pictures')), /expected a folder of pictures for each class/);
    const one = table('one.csv', 'filepath,label', [`${shapes[0]!.image},red`]);
    await assert.rejects(readGuardData(one), /expected two classes or more but it has 'red' alone/);
    await assert.rejects(readGuardData(join(folder, 'none')), /there is no such file or folder/);
  });

  it('is swept with three models in memory at most; what cannot be read is left out, of texts too', async () => {
    await useBackend('wasm');
    const [start, tuned] = [shapeClip(1), shapeClip(2)];
    const before = tf.memory().numTensors;
    const sets = { data: await readGuardData(labels), guard: await readGuardData(captions) };
    const skipped: string[] = [];
    const progress: [number, number][] = [];
    const points = await sweepAlphas(start, tuned, [0, 0.5, 1], sets, {
      workers: 0,
      skip: (path) => skipped.push(path),
      onProgress: (done, total) => {
        assert.equal(tf.memory().numTensors, before + start.parameters.size);
        progress.push([done, total]);
      },
    });
    assert.equal(tf.memory().numTensors, before);
    assert.deepEqual(
      points.map(({ alpha, data, guard }) => [alpha, data.metric, data.count, guard.metric, guard.count]),
      [0, 0.5, 1].map((alpha) => [alpha, 'accuracy', 8, 'recall@1', 6]),
    );
    assert.equal(skipped.length, 3);
    assert.deepEqual(progress.at(-1), [45, 45]);
    start.dispose();
    tuned.dispose();
  });
});

describe('bestOf()', () => {
  it('has the greatest sum, and of equal ones the least alpha', () => {
    const points = [point(0, 0.3, 0.9), point(0.5, 0.6, 0.8), point(0.25, 0.5, 0.9), point(1, 0.7, 0.4)];
    assert.equal(bestOf(points).alpha, 0.25);
    assert.throws(() => bestOf([]), RangeError);
  });

  it('is ringed in the plot, whose ends are marked; scores that are all alike have a plot, too', () => {
    const plotOf = (points: SweepPoint[]) => sweepSections(points)[0]!.html;
    const html = plotOf([point(0, 0.3, 0.9), point(0.5, 0.6, 0.8), point(1, 0.7, 0.4)]);
    assert.equal(html.match(/class="end"/g)?.length, 2);
    assert.equal(html.match(/class="dot"/g)?.length, 1);
    assert.match(html, /class="best"[^>]*><title>best sum, alpha 0\.5: new data 60\.0 %, guard 80\.0 %/);
    assert.match(html, />start<\/text>[\s\S]*>tuned<\/text>/);
    for (const value of [0, 0.5, 1]) {
      const even = plotOf([point(0, value, value), point(1, value, value)]);
      assert.doesNotMatch(even, /NaN|Infinity/);
      for (const [, text] of even.matchAll(/>(\d+) %<\/text>/g)) assert.ok(Number(text) <= 100, `${text} %`);
    }
  });
});
