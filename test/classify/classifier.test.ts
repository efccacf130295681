import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { promptsOf, toClasses } from '../../src/classify/class-prompts.ts';
import { buildClassifier } from '../../src/classify/classifier.ts';
import { embedClasses } from '../../src/classify/ensemble.ts';
import { buildPromptEnsemble, classifierOf } from '../../src/classify/prompt-ensemble.ts';
import { findTemplateSet } from '../../src/classify/template-sets.ts';
import { type Clip, embedTexts, useBackend } from '../../src/node.ts';
import { assertClose } from '../assert-close.ts';
import { onEachBackend } from '../golden.ts';
import { tinyClip } from '../tiny-clip.ts';

onEachBackend((backend) => {
  describe('buildClassifier', () => {
    let clip: Clip;
    before(async () => {
      await useBackend(backend);
      clip = tinyClip();
    });
    after(() => clip.dispose());

    const classes = [
      'dog',
      { name: 'cat', synonyms: ['kitten'], descriptions: ['it has whiskers', 'it purrs'] },
      { name: 'bird', descriptions: ['it flies'] },
    ];
    const templates = ['a {}', 'the {}', '{}!'];

    it('is the mean of all prompts of a class, of unit length', async () => {
      const { classNames, weights } = await buildClassifier(clip, classes, { templates });
      assert.deepEqual(classNames, ['dog', 'cat', 'bird']);
      for (const [index, full] of toClasses(classes, templates).entries()) {
        const rows = await embedTexts(clip, promptsOf(full, templates));
        const mean = Float64Array.from(rows[0] as Float32Array, (_, i) =>
          rows.reduce((sum, row) => sum + (row[i] as number) / rows.length, 0),
        );
        const length = Math.hypot(...mean);
        assertClose(
          full.name,
          weights[index] as Float32Array,
          Float32Array.from(mean, (value) => value / length),
          1e-6,
        );
      }
    });

    it('is the same from an ensemble that keeps the templates apart, and from some of them', async () => {
      const before = tf.memory().numTensors;
      const ensemble = await buildPromptEnsemble(clip, classes, { templates });
      for (const chosen of [[0, 1, 2], [1]]) {
        const some = chosen.map((index) => templates[index] as string);
        const expected = await buildClassifier(clip, classes, { templates: some });
        const classifier = classifierOf(ensemble, chosen);
        assert.deepEqual(classifier.templates, some);
        for (const [index, row] of classifier.weights.entries())
          assertClose(`class ${index}`, row, expected.weights[index] as Float32Array, 1e-6);
      }
      assert.equal(tf.memory().numTensors, before);
    });

    it('names a prompt that is too long before any is embedded', async () => {
      const counts: number[] = [];
      const long = { name: 'cat', descriptions: ['whiskers '.repeat(30)] };
      const options = { templates, onProgress: (done: number) => counts.push(done) };
      await assert.rejects(
        buildClassifier(clip, ['dog', long], options),
        /^TextTooLongError: Cannot embed 'whiskers .* of class 'cat': expected at most 77 tokens/,
      );
      assert.deepEqual(counts, []);
      await buildClassifier(clip, ['dog', long], { ...options, truncate: true });
    });
  });
});

describe('embedClasses', () => {
  it('embeds blocks of 1024 prompts at most, whole classes each, and counts prompts', async () => {
    await useBackend('wasm');
    using clip = tinyClip();
    const names = toClasses(
      Array.from({ length: 30 }, (_, index) => (index === 3 ? { name: '3', synonyms: many(13) } : String(index))),
      findTemplateSet('openai-80').templates,
    );
    const blocks: [start: number, prompts: number[]][] = [];
    const counts: [number, number][] = [];
    const onProgress = (done: number, total: number) => counts.push([done, total]);
    for await (const { start, rows } of embedClasses(clip, names, findTemplateSet('openai-80').templates, {
      onProgress,
    }))
      blocks.push([start, rows.map(({ length }) => length)]);
    assert.deepEqual(
      blocks.map(([start, { length }]) => [start, length]),
      [[0, 3], [3, 1], [4, 12], [16, 12], [28, 2]], // biome-ignore format: one pair a block
    );
    assert.deepEqual(blocks[1]?.[1], [80 * 14]);
    assert.deepEqual(counts.at(-1), [80 * 43, 80 * 43]);
    assert.ok(counts.every(([done], index) => index === 0 || done > (counts[index - 1]?.[0] as number)));
  });
});

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `other ${index}`);
}
