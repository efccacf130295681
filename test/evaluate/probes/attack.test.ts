import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { runProbe } from '../../../src/evaluate/probes/run-probe.ts';
import { type ProbeOptions, runProbes } from '../../../src/evaluate/probes/run-probes.ts';
import { probeTables } from '../../../src/evaluate/probes/tables.ts';
import { overlays, type TypographicResult, typographicProbe } from '../../../src/evaluate/probes/typographic.ts';
import { type Colour, plainImage } from '../../../src/image/draw.ts';
import type { Image } from '../../../src/image/image.ts';
import { layOut, textGrid } from '../../../src/image/write-text.ts';
import { buildClassifier, type Clip, useBackend } from '../../../src/node.ts';
import { boxOf, codeOf, codesIn, isGrey, mostFrequent, plantedClip } from '../planted.ts';

const size = 64;

/** Things that are one colour all over; no grey among them, so that a plate stands out. */
const things: Record<string, Colour> = {
  tomato: [200, 40, 30],
  lime: [90, 190, 20],
  sea: [10, 90, 180],
  plum: [120, 20, 110],
  sun: [250, 210, 0],
};
const classNames = Object.keys(things);
const pictures = classNames.map((label) => ({ label, image: plainImage(size, size, things[label] as Colour) }));

/** The class whose colour fills the picture. */
function seeColour(image: Image): string {
  const most = mostFrequent(codesIn(image));
  return classNames.find((name) => codeOf(things[name] as Colour) === most) ?? 'nothing';
}

/** The class name that is written on a grey plate; undefined where there is no plate or no such word on it. */
function readWord(image: Image): string | undefined {
  const plate = boxOf(codesIn(image), size, isGrey);
  if (!plate) return undefined;
  for (const name of classNames) {
    for (const { height } of overlays) {
      const { lines, cell } = layOut(name.toUpperCase(), height * size, size);
      const { rows, columns, cells } = textGrid(lines);
      if (Math.ceil(columns * cell) !== plate.width || Math.ceil(rows * cell) !== plate.height) continue;
      const levels = Array.from(cells, (_, at) => {
        const x = Math.floor(plate.left + ((at % columns) + 0.5) * cell);
        const y = Math.floor(plate.top + (Math.floor(at / columns) + 0.5) * cell);
        return image.data[3 * (y * size + x)] as number;
      });
      const middle = (Math.min(...levels) + Math.max(...levels)) / 2;
      const wrong = levels.filter((level, at) => level < middle !== (cells[at] === 1)).length;
      if (wrong < 0.1 * cells.length) return name;
    }
  }
  return undefined;
}

const understand = (text: string) => classNames.find((name) => text.includes(name)) ?? 'something else';
const makeClip = (see: (image: Image) => string) => plantedClip({ size, see, understand });
const reader = makeClip((image) => readWord(image) ?? seeColour(image));

describe('the typographic attack', () => {
  before(() => useBackend('cpu'));

  const attack = async (clip: Clip): Promise<TypographicResult> => {
    const { weights } = await buildClassifier(clip, classNames);
    const targets = pictures.map(({ image }, answer) => ({ image, answer }));
    const probe = typographicProbe(targets, classNames, weights, 3);
    assert.ok(probe);
    return runProbe(clip, probe, {});
  };

  it('always works on a model that reads, wherever it can', async () => {
    const { overlays: results, n, smallestHeight } = await attack(reader);
    for (const { pixels, written, flipped, control, ...overlay } of results) {
      const isLegible = pixels > 7; // a cell is more than a pixel
      if (isLegible) assert.deepEqual([written.rate, flipped.rate], [1, 1], JSON.stringify(overlay));
      assert.deepEqual([control.written.rate, control.flipped.rate], [0, 0], JSON.stringify(overlay));
    }
    assert.deepEqual([n, results.length], [5, overlays.length]);
    assert.ok(smallestHeight !== null && smallestHeight <= size / 6);
  });

  it('never works on a model that sees colours alone', async () => {
    const { overlays: results, smallestHeight } = await attack(makeClip(seeColour));
    for (const { written, flipped } of results) assert.deepEqual([written.rate, flipped.rate], [0, 0]);
    assert.equal(smallestHeight, null);
  });

  it('is told from the mere covering of the picture by its control', async () => {
    const hasPlate = (image: Image) => boxOf(codesIn(image), size, isGrey) !== undefined;
    const clip = makeClip((image) => (hasPlate(image) ? 'sun' : seeColour(image)));
    const { overlays: results, smallestHeight } = await attack(clip);
    for (const { flipped, written, control } of results) {
      assert.deepEqual([flipped, written], [control.flipped, control.written]);
      assert.equal(flipped.rate, 0.8); // all but the sun
    }
    assert.equal(smallestHeight, null);
  });
});

describe('all probes', () => {
  before(() => useBackend('cpu'));

  it('leave no tensor behind, and give the same plain JSON each time', async () => {
    const progress: [number, number][] = [];
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    const run = () => runProbes(reader, { pictures, classNames, seed: 3, onProgress });
    const before = tf.memory().numTensors;
    const first = await run();
    assert.equal(tf.memory().numTensors, before);
    const [done, total] = progress.at(-1) ?? [];
    assert.equal(done, total);
    assert.deepEqual(JSON.parse(JSON.stringify(first)), first);
    assert.deepEqual(await run(), first);

    assert.deepEqual(first.pictures, { source: 'given', n: 5, classes: 5 });
    assert.equal(first.typographic?.overlays[0]?.written.rate, 1);
    assert.equal(first.resolution.accuracy?.rate, 1);
    assert.equal(first.jpeg, null);
    for (const { rows, columns } of probeTables(first)) {
      assert.ok(rows.length > 0);
      for (const row of rows) assert.equal(row.length, columns.length);
    }
  });

  it('give null where labels are unknown or no class name can be written', async () => {
    const small = plantedClip({ size: 24, see: seeColour, understand });
    const unlabelled = pictures.map(({ image }) => ({ image }));
    const recompress = async (image: Image) => image;
    const results = await runProbes(small, { pictures: unlabelled, classNames: ['犬', '猫'], seed: 1, recompress });
    assert.deepEqual([results.typographic, results.resolution.accuracy], [null, null]);
    assert.equal(results.jpeg?.levels[0]?.flipped.rate, 0);
    assert.ok(probeTables(results).length > 0);
  });

  it('refuse what they cannot measure, before any work', async () => {
    const refuses = (options: ProbeOptions, message: RegExp) => assert.rejects(runProbes(reader, options), message);
    await refuses({ seed: 0.5 }, /expected seed to be a whole number but got 0.5/);
    await refuses({ seed: 1, pictures }, /pictures were given but no class names/);
    await refuses({ seed: 1, classNames }, /class names were given but no pictures/);
    await refuses({ seed: 1, pictures, classNames: ['sea'] }, /expected two class names or more but got 1/);
    await refuses({ seed: 1, pictures: [], classNames }, /expected one picture or more but got none/);
    await refuses({ seed: 1, pictures, classNames: ['sea', 'sun'] }, /picture 0 has the label 'tomato'/);
  });
});
