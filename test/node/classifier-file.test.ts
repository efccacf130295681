import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Classifier } from '../../src/classify/classifier.ts';
import { loadClassifier, saveClassifier } from '../../src/node/classifier-file.ts';
import { writeFileAtomically } from '../../src/node/files.ts';
import { useBackend } from '../../src/node.ts';
import { initClip } from '../../src/weights/init.ts';
import { encodeSafetensors } from '../../src/weights/safetensors.ts';
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
    const { background: _, rejection: __, independence: ___, ...bare } = classifier;
    await saveClassifier(path, bare, clip);
    assert.deepEqual(await loadClassifier(path, clip), bare);
  });

  it('is refused with another model', async () => {
    using clip = initClip(tinyConfig(), 1, noTokenizer);
    using other = initClip(tinyConfig(), 2, noTokenizer);
    await saveClassifier(path, classifier, clip);
    await assert.rejects(loadClassifier(path, other), {
      name: 'ModelError',
      message: /expected the model that it was made with \(SHA-256 [0-9a-f]{12}\.\.\.\) but got another one/,
    });
    using same = initClip(tinyConfig(), 1, noTokenizer);
    assert.deepEqual(await loadClassifier(path, same), classifier);
  });

  const description = { version: 1, model: 'x', classNames: ['a'], templates: ['{}'] };
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
