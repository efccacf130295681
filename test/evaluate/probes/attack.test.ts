import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { runProbe } from '../../../src/evaluate/probes/run-probe.ts';
import { type ProbeOptions, runProbes } from '../../../src/evaluate/probes/run-probes.ts';
import { probeTables } from '../../../src/evaluate/probes/tables.ts';
import { overlays, type TypographicResult, typographicProbe } from '../../../src/evaluate/probes/typographic.ts';
import { plainImage } from '../../../src/image/draw.ts';
import type { Image } from '../../../src/image/image.ts';
import { buildClassifier, type Clip, useBackend } from '../../../src/node.ts';
import { boxOf, codesIn, isGrey, plantedClip } from '../planted.ts';
import { classNames, colourOf, readWord, seeColour, size } from '../reader.ts';

const pictures = classNames.map((name, label) => ({ label, image: plainImage(size, size, colourOf(name)) }));

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
      if (isLegible) assert.deepEqual([written.value, flipped.value], [1, 1], JSON.stringify(overlay));
      assert.deepEqual([control.written.value, control.flipped.value], [0, 0], JSON.stringify(overlay));
    }
    assert.deepEqual([n, results.length], [5, overlays.length]);
    assert.ok(smallestHeight !== null && smallestHeight <= size / 6);
  });

  it('never works on a model that sees colours alone', async () => {
    const { overlays: results, smallestHeight } = await attack(makeClip(seeColour));
    for (const { written, flipped } of results) assert.deepEqual([written.value, flipped.value], [0, 0]);
    assert.equal(smallestHeight, null);
  });

  it('is told from the mere covering of the picture by its control', async () => {
    const hasPlate = (image: Image) => boxOf(codesIn(image), size, isGrey) !== undefined;
    const clip = makeClip((image) => (hasPlate(image) ? 'sun' : seeColour(image)));
    const { overlays: results, smallestHeight } = await attack(clip);
    for (const { flipped, written, control } of results) {
      assert.deepEqual([flipped, written], [control.flipped, control.written]);
      assert.equal(flipped.value, 0.8); // all but the sun
    }
    assert.equal(smallestHeight, null);
  });
});

describe('all probes', () => {
  before(() => useBackend('cpu'));

  it('leave no tensor behind, and give the same plain JSON each time', async () => {
    const progress: [number, number][] = [];
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    const run = () => runProbes(reader, { pictures, classifier, seed: 3, onProgress });
    const classifier = await buildClassifier(reader, classNames);
    const before = tf.memory().numTensors;
    const first = await run();
    assert.equal(tf.memory().numTensors, before);
    const [done, total] = progress.at(-1) ?? [];
    assert.equal(done, total);
    assert.deepEqual(JSON.parse(JSON.stringify(first)), first);
    assert.deepEqual(await run(), first);

    assert.deepEqual(first.pictures, { source: 'given', n: 5, classes: 5 });
    assert.equal(first.typographic?.overlays[0]?.written.value, 1);
    assert.equal(first.resolution.accuracy?.value, 1);
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
    const classifier = await buildClassifier(small, ['犬', '猫']);
    const results = await runProbes(small, { pictures: unlabelled, classifier, seed: 1, recompress });
    assert.deepEqual([results.typographic, results.resolution.accuracy], [null, null]);
    assert.equal(results.jpeg?.levels[0]?.flipped.value, 0);
    assert.ok(probeTables(results).length > 0);
  });

  it('refuse what they cannot measure, before any work', async () => {
    const refuses = (options: ProbeOptions, message: RegExp) => assert.rejects(runProbes(reader, options), message);
    await refuses({ seed: 0.5 }, /expected seed to be a whole number but got 0.5/);
    const classifier = await buildClassifier(reader, classNames);
    const of = (count: number) => ({
      classNames: classNames.slice(0, count),
      weights: classifier.weights.slice(0, count),
    });
    await refuses({ seed: 1, pictures }, /pictures were given but no classifier/);
    await refuses({ seed: 1, classifier }, /a classifier was given but no pictures/);
    await refuses({ seed: 1, pictures, classifier: of(1) }, /expected two classes or more but got 1/);
    await refuses({ seed: 1, pictures: [], classifier }, /expected one picture or more but got none/);
    await refuses(
      { seed: 1, pictures, classifier: of(2) },
      /expected the label of picture 2 to be a class from 0 to 1 but got 2/,
    );
  });
});
