import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { type AcceptanceOptions, acceptanceTests } from '../../../src/node/doctor/acceptance.ts';
import { type RecordedOutput, recordedOutputs, recordedTokens } from '../../../src/node/doctor/recorded-outputs.ts';
import { type Clip, loadClip, useBackend } from '../../../src/node.ts';
import { goldens, readGolden } from '../../golden.ts';
import { collectWarnings } from '../../warnings.ts';

const pictures = join(goldens, 'images');

describe('acceptanceTests()', () => {
  let clip: Clip;
  /** What PyTorch made of four pictures and six texts with a tiny model, as if it were a published one. */
  let recorded: RecordedOutput;
  before(async () => {
    await useBackend('wasm');
    await collectWarnings(async () => {
      clip = await loadClip(join(goldens, 'pipeline', 'model.safetensors'), { activation: 'quick_gelu' });
    });
    const { images, labels } = JSON.parse(await readFile(join(goldens, 'pipeline', 'case.json'), 'utf8'));
    const { values } = (await readGolden(join(goldens, 'pipeline', 'golden.safetensors')))('probs');
    const { vision, text, embedDim } = clip.config;
    assert.ok(vision && text);
    recorded = {
      name: 'pipeline',
      weights: 'the tiny model',
      repositories: ['org/tiny'],
      architecture: { embedDim, vision, text },
      activation: 'quick_gelu',
      pictures: images,
      texts: labels,
      rgbFirst: false,
      quantity: 'probability',
      expected: images.map((_: string, row: number) => [...values.subarray(6 * row, 6 * row + 6)]),
      tolerance: 1e-4,
      source: 'PyTorch',
    };
  });
  after(() => clip.dispose());

  /** The result of one recorded output. */
  const run = async (changes: Partial<RecordedOutput>, options: AcceptanceOptions = {}) =>
    (await acceptanceTests(clip, { pictures, ...options }, [{ ...recorded, ...changes }]))[1];

  it('finds what PyTorch recorded, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const [tokens, output] = await acceptanceTests(clip, { pictures }, [recorded]);
    assert.equal(tf.memory().numTensors, before);
    assert.equal(tokens?.state, 'ok');
    assert.equal(output?.state, 'ok');
    assert.ok((output.error as number) > 0 && (output.error as number) < 1e-4);
  });

  it('tells probabilities, cosines and logits apart', async () => {
    for (const quantity of ['cosine', 'logit'] as const) assert.equal((await run({ quantity }))?.state, 'differs');
    const logits = (await readGolden(join(goldens, 'pipeline', 'golden.safetensors')))('logits_per_image').values;
    const rows = recorded.pictures.map((_, row) => [...logits.subarray(6 * row, 6 * row + 6)]);
    assert.equal((await run({ quantity: 'logit', expected: rows, tolerance: 1e-3 }))?.state, 'ok');
    const cosines = rows.map((row) => row.map((value) => value / clip.logitScale));
    assert.equal((await run({ quantity: 'cosine', expected: cosines }))?.state, 'ok');
  });

  it('finds a value that is off, or missing', async () => {
    const expected = recorded.expected.map((row) => [...row]);
    (expected[2] as number[])[3] = (expected[2]?.[3] as number) + 0.01;
    const differing = await run({ expected });
    assert.equal(differing?.state, 'differs');
    assert.ok(Math.abs((differing.error as number) - 0.01) < 1e-4);
    assert.equal((await run({ texts: recorded.texts.slice(1) }))?.state, 'differs');
  });

  it('sees whether pictures were converted first: a palette picture is resized otherwise', async () => {
    assert.equal((await run({ rgbFirst: true }))?.state, 'differs');
  });

  it('says what it needs where it cannot run', async () => {
    const needs = async (...args: Parameters<typeof run>) => (await run(...args))?.needs;
    assert.match(
      (await acceptanceTests(clip, {}, [recorded]))[1]?.needs as string,
      /^rgb-landscape.png, .*--pictures$/,
    );
    assert.equal(await needs({ pictures: ['CLIP.png', 'grey.png'] }), `CLIP.png in ${pictures}`);
    assert.equal(await needs({ activation: 'gelu' }), 'the tiny model, both towers');
    assert.equal(await needs({ architecture: 'ViT-B/32' }), 'the tiny model, both towers');
    assert.equal(await needs({}, { repository: 'org/another' }), 'the tiny model, both towers');
    assert.equal((await run({}, { repository: 'org/tiny' }))?.state, 'ok');
  });
});

describe('recorded outputs', () => {
  it('have a row per picture and a value per text', () => {
    for (const { pictures: names, texts, expected, quantity } of recordedOutputs) {
      assert.equal(expected.length, names.length);
      for (const row of expected) {
        assert.equal(row.length, texts.length);
        if (quantity === 'probability') assert.ok(Math.abs(row.reduce((sum, value) => sum + value) - 1) < 1e-6);
      }
      const isDiagonal = expected.every((row, index) => Math.max(...row) === row[index]);
      if (quantity === 'cosine') assert.ok(isDiagonal, 'each picture fits its own caption best');
    }
    assert.ok(recordedTokens.length >= 5);
  });
});
