import assert from 'node:assert/strict';
import {
  buildClassifier,
  type Clip,
  classify,
  classifyIndependently,
  type Image,
  loadClip,
  neutralPrompts,
  readImage,
  useBackend,
} from '../../src/node.ts';
import { uniformNumbers } from '../../src/random.ts';

const drink = 'examples/drawings/noto/hot-beverage.png';

describe('neutral prompts with emoji-clip', () => {
  let clip: Clip;
  let noise: Image;
  before(async () => {
    await useBackend('wasm');
    clip = await loadClip('emoji-clip');
    const uniform = uniformNumbers(2);
    const data = Uint8Array.from({ length: 48 * 48 * 3 }, () => 256 * uniform());
    noise = { width: 48, height: 48, mode: 'RGB', data };
  });
  after(() => clip.dispose());
  const names = ['a drink', 'food', 'a vehicle'];

  it('take noise, and leave a drawing', async () => {
    const classifier = await buildClassifier(clip, names, { templates: ['{}'], background: true });
    assert.deepEqual(classifier.background?.prompts, neutralPrompts);
    const [cup, nothing] = await classify(clip, [await readImage(drink), noise], classifier);
    assert.equal(cup?.best?.label, 'a drink');
    assert.equal(nothing?.best, undefined);
    assert.equal(nothing?.decision?.score, 'background');
    assert.equal(nothing?.ranked.length, names.length);
  });

  it('stand against each label by itself', async () => {
    const classifier = await buildClassifier(clip, [...names, 'a hot drink'], { templates: ['{}'], background: true });
    const single = await classifyIndependently(clip, await readImage(drink), classifier);
    const truths = single.filter(({ isTrue }) => isTrue).map(({ label }) => label);
    assert.ok(
      truths.includes('a drink') && truths.includes('a hot drink') && !truths.includes('a vehicle'),
      `${truths}`,
    );
    const [, nothing] = await classifyIndependently(clip, [await readImage(drink), noise], classifier);
    assert.ok(nothing?.every(({ isTrue }) => !isTrue));
  });

  it('are asked for', async () => {
    const classifier = await buildClassifier(clip, names, { templates: ['{}'] });
    assert.equal(classifier.background, undefined);
    assert.notEqual((await classify(clip, noise, classifier)).best, undefined);
    await assert.rejects(classifyIndependently(clip, noise, classifier), /build it with { background: true }/);
  });

  it('refuse a classifier of another model', async () => {
    const foreign = { classNames: ['a'], templates: [], weights: [new Float32Array(3)] };
    await assert.rejects(classifyIndependently(clip, noise, foreign), /has width 3 but the model 128/);
  });
});
