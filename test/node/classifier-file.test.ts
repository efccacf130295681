import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Classifier } from '../../src/classify/classifier.ts';
import { loadClassifier, saveClassifier } from '../../src/node/classifier-file.ts';
import { writeFileAtomically } from '../../src/node/files.ts';
import { loadClip, useBackend } from '../../src/node.ts';
import { initClip } from '../../src/weights/init.ts';
import { encodeSafetensors } from '../../src/weights/safetensors.ts';
import { goldens } from '../golden.ts';
import { tinyConfig } from '../tiny.ts';

const noTokenizer = () => {
  throw new Error('none');
};
const row = (...values: number[]) => Float32Array.from({ length: 16 }, (_, at) => values[at] ?? 0);
const classifier: Classifier = {
  classNames: ['ein "Hund"', '猫'],
  templates: ['a {}', 'der/die {}'],
  weights: [row(0.6, 0.8), row(0.1, Math.fround(0.123456789))],
  background: { prompts: ['noise', 'nothing', 'a texture'], weights: [row(1), row(0, 1), row(0, 0, 1)] },
  rejection: { score: 'entropy', threshold: -0.12345678901234568, logitScale: 31.4159265358979 },
  independence: { thresholds: [0.25, 0.1 + 0.2] },
  exifRotate: false,
};

describe('a classifier file', () => {
  before(() => useBackend('cpu'));
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    path = join(directory, 'classifier.safetensors');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('gives back what was saved, to the last bit', async () => {
    using clip = initClip(tinyConfig(), 1, noTokenizer);
    await saveClassifier(path, classifier, clip);
    assert.deepEqual(await loadClassifier(path, clip), classifier);
    assert.deepEqual(await readdir(directory), ['classifier.safetensors']);
    const { background: _, rejection: __, independence: ___, exifRotate: ____, ...bare } = classifier;
    await saveClassifier(path, bare, clip);
    assert.deepEqual(await loadClassifier(path, clip), bare);
  });

  it('is refused with another model', async () => {
    using clip = initClip(tinyConfig(), 1, noTokenizer);
    using other = initClip(tinyConfig(), 2, noTokenizer);
    await saveClassifier(path, classifier, clip);
    await assert.rejects(loadClassifier(path, other), {
      name: 'ModelError',
      message: /made with but got another one: the image tower was [0-9a-f]{12}\.\.\., here it is [0-9a-f]{12}\.\.\.;/,
    });
    using same = initClip(tinyConfig(), 1, noTokenizer);
    assert.deepEqual(await loadClassifier(path, same), classifier);
  });

  it('is taken by the image tower alone, and refused by that of another model', async () => {
    const model = join(goldens, 'pipeline', 'model.safetensors');
    using clip = await loadClip(model, { activation: 'quick_gelu' });
    const width = clip.config.embedDim;
    const direction = new Float32Array(width).fill(1 / Math.sqrt(width));
    const kept = { classNames: ['a', 'b'], templates: ['{}'], weights: [direction, direction] };
    await saveClassifier(path, kept, clip);
    using image = await loadClip(model, { activation: 'quick_gelu', towers: 'image' });
    using text = await loadClip(model, { activation: 'quick_gelu', towers: 'text' });
    for (const half of [image, text]) assert.deepEqual(await loadClassifier(path, half), kept);
    image.replace('logitScale', tf.scalar(1));
    await assert.rejects(loadClassifier(path, image), /the multiplier of cosines was .*, here it is 1;/);
    using other = initClip(tinyConfig(), 2, noTokenizer);
    await assert.rejects(loadClassifier(path, other), /the image tower was/);
    await saveClassifier(path, kept, text);
    using again = await loadClip(model, { activation: 'quick_gelu', towers: 'image' });
    await assert.rejects(loadClassifier(path, again), /no tower of it is loaded/);
  });

  const description = { version: 1, model: { image: 'x' }, classNames: ['a'], templates: ['{}'] };
  const describeAs = (changes: object) => ({
    clip_tfjs_classifier: JSON.stringify({ ...description, ...changes }),
  });
  const broken: [what: string, metadata: Record<string, string>, message: RegExp][] = [
    ['no classifier', {}, /expected a classifier but its metadata has no clip_tfjs_classifier/],
    ['cut short', { clip_tfjs_classifier: '{"version": 1' }, /its description is no JSON/],
    ['of a later format', { clip_tfjs_classifier: '{"version": 2}' }, /version 1 of the format but got 2/],
    [
      'with another number of names',
      describeAs({ classNames: ['a', 'b'] }),
      /'weights' \[2, embedDim\] but got \[1, 4\]/,
    ],
    [
      'without its background',
      describeAs({ backgroundPrompts: ['noise'] }),
      /'background' \[1, embedDim\] but got \[\]/,
    ],
    [
      'with an unknown score',
      describeAs({ rejection: { score: 'magic', threshold: 0, logitScale: 1 } }),
      /rejection is/,
    ],
    ['with a threshold too few', describeAs({ independence: { thresholds: [] } }), /thresholds are broken/],
    ['with the hash of a later or earlier format', describeAs({ model: 'x' }), /description is broken/],
    ['with a rotation that is none', describeAs({ exifRotate: 'no' }), /description is broken/],
    ['with names that are none', describeAs({ classNames: [1] }), /description is broken/],
  ];
  for (const [what, metadata, message] of broken)
    it(`is refused: ${what}`, async () => {
      const weights = { dtype: 'F32', shape: [1, 4], data: new Float32Array(4) } as const;
      const bytes = encodeSafetensors(new Map([['weights', weights]]), new Map(Object.entries(metadata)));
      await writeFileAtomically(path, bytes);
      using clip = initClip(tinyConfig(), 1, noTokenizer);
      await assert.rejects(loadClassifier(path, clip), message);
    });

  it('is refused: nothing there, or something else', async () => {
    using clip = initClip(tinyConfig(), 1, noTokenizer);
    await assert.rejects(loadClassifier(path, clip), /Cannot read .*classifier.safetensors: there is no such file/);
    await writeFile(path, 'text');
    await assert.rejects(loadClassifier(path, clip), /Cannot read safetensors file/);
  });
});
