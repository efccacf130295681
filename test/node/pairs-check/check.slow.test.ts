import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../../src/node/backend.ts';
import { encodePng } from '../../../src/node/images/encode-png.ts';
import { readPairs } from '../../../src/node/pairs.ts';
import { alikePictures } from '../../../src/node/pairs-check/alike-pictures.ts';
import { type CheckPairsOptions, checkPairs } from '../../../src/node/pairs-check/check.ts';
import { writeCleanList } from '../../../src/node/pairs-check/clean-list.ts';
import { placeText } from '../../../src/node/pairs-check/place-text.ts';
import type { PairsReport } from '../../../src/node/pairs-check/report-types.ts';
import { pairsReportSections } from '../../../src/node/pairs-check/sections.ts';
import { tarOf } from '../shards/tar-of.ts';
import { shapeClip, writeShapes } from '../training/shapes.ts';
import { animationOf, blocks, jpegOf, type Planting, plant, transparentOf } from './planted.ts';

const options = { conceptColumn: 'concept' };

async function check(data: string, val?: string, choice: CheckPairsOptions = {}): Promise<PairsReport> {
  const read = (path: string) => readPairs(path, options);
  return checkPairs({ data: await read(data), val: val === undefined ? undefined : await read(val) }, choice);
}

/** Places of each kind: the line, with the split's name where that is not the training data. */
function placesOf({ findings }: PairsReport): Record<string, string[]> {
  return Object.fromEntries(
    findings.map(({ kind, places }) => [
      kind,
      places.map(({ set, line }) => (set === 'data' ? `${line}` : `${set} ${line}`)),
    ]),
  );
}

function goodRows(planting: Planting, count: number, word = 'good'): void {
  for (let index = 0; index < count; index++) planting.row(planting.fresh(), `${word} picture number ${index}`);
}

describe('a check of pairs', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));

  it('finds nothing in good data', async () => {
    const data = plant(folder, 'good.csv', 1000);
    goodRows(data, 8);
    const val = plant(folder, 'good-val.csv', 1100);
    goodRows(val, 4, 'another');
    const report = await check(data.write(), val.write());
    assert.deepEqual(report.findings, []);
    assert.equal(report.verdict, 'fit to train');
    assert.deepEqual(
      [report.pictures, report.unreadable, report.captions, report.falseNegatives.pairShare],
      [12, 0, 12, 0],
    );
  });

  it('looks at pictures in shards as at files, and writes no list of them', async () => {
    const folders = mkdtempSync(join(folder, 'shards-'));
    const files = writeShapes(folders).map(({ image, text }) => ({
      content: readFileSync(join(folders, image)),
      text,
    }));
    const members = [...files, { content: 'no picture', text: 'broken' }, files[2]!].flatMap(
      ({ content, text }, at) => [
        { name: `${at}.png`, content },
        { name: `${at}.txt`, content: text },
      ],
    );
    const shard = join(folders, 'shapes.tar');
    writeFileSync(shard, tarOf([...members, { name: 'alone.txt', content: 'no picture is beside it' }]));
    const report = await check(shard);
    const wheres = Object.fromEntries(report.findings.map(({ kind, places }) => [kind, places.map(placeText)]));
    assert.deepEqual(wheres['unusable-row'], [`alone of ${shard}`]);
    assert.deepEqual(wheres['unreadable-picture'], [`24.png of ${shard}`]);
    const { 'unreadable-picture': unreadable, 'repeated-pair': repeated } = placesOf(report);
    assert.deepEqual(unreadable, ['25']);
    assert.equal(report.pictures, 26);
    assert.deepEqual(placesOf(await check(shard, undefined, { workers: 0 })), placesOf(report));
    assert.deepEqual(repeated, ['3', '26']);
    const list = join(folders, 'clean.csv');
    await assert.rejects(writeCleanList(list, await readPairs(shard), report), /lies in a shard; unpack the shards/);
  });

  it('finds every fault that was planted, where it is, and nothing else', async () => {
    const data = plant(folder, 'pairs.csv');
    const { fresh, picture, row } = data;
    goodRows(data, 6);
    const expected: Record<string, (number | string)[]> = {};
    expected['unusable-row'] = [row('pictures/none.png', 'no such file'), row(fresh(), ' '), row(fresh(), 'caf\ufffd')];
    const png = encodePng(blocks(500));
    expected['unreadable-picture'] = [
      row(picture('cut.png', png.subarray(0, png.length / 2)), 'a picture that was cut off'),
      row(picture('page.jpg', new TextEncoder().encode('<html>')), 'a page in place of a picture'),
    ];
    const grey = { ...blocks(0), data: new Uint8Array(3 * 240 * 240).fill(77) };
    expected['one-colour-picture'] = [row(picture('grey.png', encodePng(grey)), 'grey all over')];
    expected['small-picture'] = [row(picture('small.png', encodePng(blocks(501, 100, 120))), 'a small picture')];
    expected['long-picture'] = [row(picture('long.png', encodePng(blocks(502, 900, 240))), 'a long picture')];
    expected['transparent-picture'] = [row(picture('alpha.png', await transparentOf(503)), 'half transparent')];
    expected['animated-picture'] = [row(picture('moving.gif', await animationOf(504)), 'a moving picture')];

    const twice = fresh();
    expected['repeated-pair'] = [row(twice, 'a repeated pair'), row(twice, 'A repeated  pair')];
    const copied = encodePng(blocks(506));
    expected['repeated-picture'] = [
      row(picture('one.png', copied), 'one of two files'),
      row(picture('other.png', copied), 'the other of two files'),
    ];
    expected['near-picture'] = [
      row(picture('sharp.png', encodePng(blocks(507))), 'as it was'),
      row(picture('pressed.jpg', await jpegOf(507)), 'compressed'),
    ];
    const shown = fresh();
    expected['several-rows'] = [row(shown, 'seen from the left'), row(shown, 'seen from the right')];
    expected['repeated-caption'] = [row(fresh(), 'the same words'), row(fresh(), 'The same words')];
    const disputed = encodePng(blocks(508));
    expected['conflicting-concepts'] = [
      row(picture('cat.png', disputed), 'a cat it is', 'cat'),
      row(picture('dog.png', disputed), 'a dog it is', 'dog'),
    ];
    expected['repeated-picture'].push(...expected['conflicting-concepts']);

    expected['long-caption'] = [row(fresh(), 'word '.repeat(80))];
    expected['short-caption'] = [row(fresh(), '?!'), row(fresh(), 'x')];
    expected['file-name-caption'] = [row(fresh(), 'IMG_2041.JPG')];
    expected['url-caption'] = [row(fresh(), 'from https://example.com/x')];
    expected['html-caption'] = [row(fresh(), 'a <b>bold</b> picture')];
    expected['mended-caption'] = [row(fresh(), 'a schÃ¶n picture')];
    expected['other-script-caption'] = [row(fresh(), 'красный велосипед')];

    const bus = Array.from({ length: 11 }, (_, index) => row(fresh(), `bus number ${index}`, 'bus'));
    expected['class-imbalance'] = [bus[0] as number];
    expected['lone-concept'] = expected['conflicting-concepts'];

    const val = plant(folder, 'val.csv', 2000);
    goodRows(val, 3, 'validation');
    expected['leaked-picture'] = [
      row(picture('leak.png', encodePng(blocks(509))), 'in both splits'),
      `val ${val.row(picture('leak-again.png', encodePng(blocks(509))), 'in both splits, in other words')}`,
    ];
    expected['leaked-near-picture'] = [
      row(picture('near-leak.png', encodePng(blocks(510))), 'nearly in both splits'),
      `val ${val.row(picture('near-leak.jpg', await jpegOf(510)), 'nearly in both, in other words')}`,
    ];
    expected['leaked-caption'] = [
      row(fresh(), 'words of both splits'),
      `val ${val.row(val.fresh(), 'words of both splits')}`,
    ];

    const paths = [data.write(), val.write()] as const;
    const report = await check(...paths, { maxBad: 0.2 });
    const strings = Object.entries(expected).map(([kind, lines]) => [kind, lines.map(String)]);
    assert.deepEqual(placesOf(report), Object.fromEntries(strings));
    assert.equal(report.verdict, 'trainable with warnings');
    const withoutThreads = await check(...paths, { maxBad: 0.2, workers: 0 });
    assert.deepEqual({ ...withoutThreads, seconds: 0 }, { ...report, seconds: 0 });

    const clean = join(folder, 'clean.csv');
    const kept = await writeCleanList(clean, await readPairs(paths[0], options), report);
    const places = report.findings.flatMap((finding) => finding.places);
    const dropped = new Set(places.filter(({ set, drop }) => set === 'data' && drop).map((place) => place.line));
    assert.equal(kept, (report.sets[0]?.rows as number) - dropped.size);
    const again = placesOf(await check(clean, paths[1]));
    for (const kind of ['unusable-row', 'unreadable-picture', 'one-colour-picture', 'repeated-pair', 'short-caption'])
      assert.equal(again[kind], undefined, kind);
    for (const kind of ['file-name-caption', 'url-caption', 'html-caption', 'leaked-picture', 'leaked-near-picture'])
      assert.equal(again[kind], undefined, kind);
    assert.equal(again['long-caption']?.length, 1);

    const html = (await pairsReportSections(report, [])).map((section) => section.html).join('');
    for (const { effect } of report.findings)
      assert.ok(
        html.includes(effect.replaceAll("'", '&#39;').replace('&amp;', '&amp;amp;').replaceAll('"', '&quot;')),
        effect,
      );
    assert.match(html, /data, line 18/);
  });

  it('says what is not trainable, and why', async () => {
    const data = plant(folder, 'bad.csv', 3000);
    goodRows(data, 9);
    data.row('pictures/none.png', 'no such file');
    const { verdict, findings } = await check(data.write());
    assert.equal(verdict, 'not trainable');
    assert.equal(findings[0]?.detail, 'data: 1 of 10 rows, 10.0 %; --max-bad allows 5.0 %');
    const same = plant(folder, 'same.csv', 4000);
    for (let index = 0; index < 3; index++) same.row(same.fresh(), 'one caption for all');
    const report = await check(same.write());
    assert.equal(report.findings[0]?.detail, 'data: 3 different pictures, 1 different captions');
    assert.equal(report.verdict, 'not trainable');
  });

  it('takes the captions and concepts of a folder per class for right', async () => {
    const place = join(folder, 'classes');
    for (const [index, name] of ['red_bus', 'cat'].entries()) {
      const planting = plant(join(place, name), 'x.csv', 5000 + 10 * index);
      for (let count = 0; count < 4; count++) planting.fresh();
      rmSync(join(place, name, 'x.csv'), { force: true });
    }
    const report = await check(place);
    assert.deepEqual(placesOf(report), {});
    assert.deepEqual(report.balance?.largest, [
      { concept: 'cat', pairs: 4 },
      { concept: 'red bus', pairs: 4 },
    ]);
  });

  it('holds the data against a model, and leaves no tensor behind', async () => {
    await useBackend('cpu');
    const clip = shapeClip();
    const planting = plant(folder, 'model.csv', 7000);
    goodRows(planting, 3);
    const long = planting.row(planting.fresh(), 'a red circle '.repeat(20));
    const small = planting.row(planting.picture('tiny.png', encodePng(blocks(7100, 8, 8))), 'a blue cross');
    const path = planting.write();
    const before = tf.memory().numTensors;
    const report = await check(path, undefined, { clip, modelName: 'shapes' });
    assert.equal(tf.memory().numTensors, before);
    assert.deepEqual(report.model, { name: 'shapes', imageSize: 16, contextLength: 16 });
    const { 'long-caption': cut, 'small-picture': enlarged } = placesOf(report);
    assert.ok(cut?.includes(String(long)));
    assert.deepEqual(enlarged, [String(small)]);
    clip.dispose();
  });

  it('takes pictures for alike from a cosine of 0.98', () => {
    const at = (degrees: number) =>
      Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
    // the arc cosine of 0.98 is 11.48 degrees
    assert.deepEqual([...alikePictures([at(0), undefined, at(11), at(40), at(52)])], [0, 1, 0, 3, 4]);
  });

  it('quotes what a table needs quoted', async () => {
    const planting = plant(folder, 'quotes.csv', 6000);
    goodRows(planting, 2);
    const image = planting.fresh();
    const jsonl = join(folder, 'quotes.jsonl');
    const pair = { image, texts: ['bread, "old" wine', 'a second caption'] };
    writeFileSync(jsonl, `${JSON.stringify(pair)}\n`);
    const set = await readPairs(jsonl);
    const clean = join(folder, 'quoted.csv');
    await writeCleanList(clean, set, await checkPairs({ data: set }));
    const read: unknown[] = [];
    for await (const { texts, concept } of (await readPairs(clean, options)).pairs) read.push([texts, concept]);
    assert.deepEqual(
      read,
      pair.texts.map((text) => [[text], image]),
    );
  });
});
