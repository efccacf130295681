import assert from 'node:assert/strict';
import { drawAffine } from '../../examples/emoji/affine.ts';
import { createBatches, type Ingredients } from '../../examples/emoji/batch.ts';
import { captionCorpus } from '../../examples/emoji/captions.ts';
import { type Concept, drawHeldOut, heldOutCount, readHeldOut } from '../../examples/emoji/concepts.ts';
import { curves } from '../../examples/emoji/curve.ts';
import { feed } from '../../examples/emoji/feed.ts';
import { fillInside } from '../../examples/emoji/fill-inside.ts';
import { kinds } from '../../examples/emoji/kinds.ts';
import { createOrder } from '../../examples/emoji/order.ts';
import { buildPool, fullSize } from '../../examples/emoji/pool.ts';
import { recipe as wholeRecipe } from '../../examples/emoji/recipe.ts';
import { type LogLine, runFolder } from '../../examples/emoji/run-folder.ts';
import { dashed } from '../../examples/emoji/styles.ts';
import { uniformNumbers } from '../../src/random.ts';
import { trainBpe } from '../../src/tokenizer/train-bpe.ts';

const bytes = fullSize * fullSize * 4;
const recipe = structuredClone(wholeRecipe);
recipe.training.batch = 8;

/** Twelve made-up concepts; the last four are flags, every fifth is held out. */
const concepts: Concept[] = Array.from({ length: 12 }, (_, index) => ({
  label: `thing number ${index}`,
  tags: ['thing', `tag ${index}`, 'drawn'],
  emoji: String(index),
  code: String(index),
  group: 'things',
  subgroup: `group ${index % 3}`,
  isFlag: index >= 8,
  isHeldOut: index % 5 === 0,
}));
const heldOut = [...concepts.keys()].filter((index) => concepts[index]?.isHeldOut);

function madeUpSet(style: string, isLine: boolean, seed: number) {
  const uniform = uniformNumbers(seed);
  const pixels = Uint8Array.from({ length: concepts.length * bytes }, (_, at) =>
    at % 4 === 3 ? 255 : uniform() * 256,
  );
  return { style, size: fullSize, pixels, concepts: Int32Array.from(concepts.keys()), isLine };
}

const sets = [madeUpSet('noto', false, 1), madeUpSet('line', true, 2)];
const pool = buildPool(concepts, sets, recipe.sampling.styleWeights);
const ingredients: Ingredients = { recipe, concepts, pool, vocabulary: trainBpe(captionCorpus(concepts), 600) };

describe('examples/emoji', () => {
  it('makes a batch from the seed and the step alone', () => {
    const [one, other] = [createBatches(ingredients), createBatches(ingredients)];
    for (const step of [7, 0, 3]) one(step);
    assert.deepEqual(one(5), other(5));
    assert.notDeepEqual(one(5).pixels, one(6).pixels);
  });

  it('makes the same batches in the thread, from any step on', async () => {
    const here = createBatches(ingredients);
    let step = 4;
    for await (const batch of feed(ingredients, step)) {
      assert.deepEqual(batch, here(step));
      if (++step === 7) break;
    }
  });

  it('gives pixels from -1 to 1 and ids that end', () => {
    const { pixels, ids } = createBatches(ingredients)(0);
    assert.equal(pixels.length, 8 * 48 * 48 * 3);
    assert.ok(pixels.every((value) => value >= -1 && value <= 1));
    const endId = ingredients.vocabulary.ids.size - 1;
    assert.equal(ids.filter((id) => id === endId).length, 8);
  });

  it('never shows a held-out concept, nor learns its words', () => {
    const make = createBatches(ingredients);
    for (let step = 0; step < 20; step++)
      for (const concept of make(step).concepts) assert.ok(!heldOut.includes(concept), `concept ${concept} in ${step}`);
    for (const index of heldOut) assert.deepEqual(pool.drawings[index], []);
    assert.ok(!captionCorpus(concepts).includes('thing number 5'));
  });

  it('brings in kinds of things and pictures of nothing from a step on, and nothing else changes before it', () => {
    const sampling = { ...recipe.sampling, later: { ...recipe.sampling.later, from: 3, nothingPerBatch: 2 } };
    sampling.later.captions = { label: 0, labelAndTags: 0, tags: 0, labelAndSubgroup: 0, kind: 1 };
    const drinks = concepts.map((concept) => ({ ...concept, subgroup: 'drink' }));
    const make = createBatches({ ...ingredients, concepts: drinks, recipe: { ...ingredients.recipe, sampling } });
    assert.deepEqual(make(2), createBatches({ ...ingredients, concepts: drinks })(2));
    const { concepts: meanings } = make(3);
    const kind = -2 - kinds.findIndex(({ phrases }) => phrases.includes('something to drink'));
    assert.deepEqual([...meanings], [kind, kind, kind, kind, kind, kind, -1, -1]);
  });

  it('gives no kind of things the name of a held-out concept', () => {
    const phrases = kinds.flatMap((kind) => kind.phrases.map((phrase) => phrase.replace(/^an? /, '')));
    assert.deepEqual(
      readHeldOut().filter((label) => phrases.includes(label)),
      [],
    );
  });

  it('shows every other concept once an epoch, of the flags a part', () => {
    const trained = [...concepts.keys()].filter((index) => !heldOut.includes(index));
    const at = createOrder(concepts, trained, { ...recipe.sampling, flagsEvery: 2 }, 3);
    for (let epoch = 0; epoch < 4; epoch++) {
      const order = Array.from({ length: 8 }, (_, place) => at(8 * epoch + place)); // 6 things, 2 of 3 flags
      assert.equal(new Set(order).size, 8);
      assert.equal(order.filter((index) => concepts[index]?.isFlag).length, 2);
      const groups = order.map((index) => index % 3).filter((group, place, all) => group !== all[place - 1]);
      if (epoch % 2 === 1) assert.equal(groups.length, 3, 'a clustered epoch has subgroup after subgroup');
    }
  });

  it('draws a drawing as it is where nothing moves it', () => {
    const to = new Float32Array(bytes);
    drawAffine(pool, 0, { a: 1, b: 0, c: 0, d: 1, tx: 0, ty: 0 }, to, fullSize);
    const middle = Array.from({ length: fullSize - 1 }, (_, row) => row * fullSize * 4).flatMap((start) => [
      ...Array.from({ length: (fullSize - 1) * 4 }, (_, i) => start + i),
    ]);
    assert.ok(middle.every((at) => Math.abs(to[at]! - pool.full[at]!) < 1e-3));
  });

  it('fills the inside of a ring with white, and nothing outside it', () => {
    const size = 7;
    const ring = new Uint8Array(size * size * 4);
    for (let i = 1; i < 6; i++)
      for (const at of [size + i, 5 * size + i, i * size + 1, i * size + 5]) ring[4 * at + 3] = 255;
    fillInside(ring, size);
    assert.deepEqual([...ring.subarray(4 * (3 * size + 3), 4 * (3 * size + 4))], [255, 255, 255, 255]);
    assert.deepEqual([...ring.subarray(4 * (size + 1), 4 * (size + 2))], [0, 0, 0, 255]);
    assert.deepEqual([...ring.subarray(0, 4)], [0, 0, 0, 0]);
  });

  it('holds out as many concepts as it says, no flags among them, drawn by the seed', () => {
    assert.equal(new Set(readHeldOut()).size, heldOutCount);
    assert.ok(!readHeldOut().some((label) => label.startsWith('flag:')));
    const many = Array.from({ length: 400 }, (_, index) => ({ label: `${index}`, isFlag: index > 350 }));
    assert.deepEqual(drawHeldOut(many), drawHeldOut(many));
    assert.ok(drawHeldOut(many).every((label) => Number(label) <= 350));
  });

  it('finds drawings by the label', () => {
    assert.equal(dashed('Mrs. Claus'), 'mrs-claus');
    assert.equal(dashed('woman: white hair'), 'woman-white-hair');
    assert.equal(dashed('piñata'), 'pinata');
  });

  it('goes on where a run was saved, and takes back what was logged after that', async () => {
    const folder = runFolder(`test-${process.pid}`);
    try {
      await folder.begin({ recipe, every: 1, backend: 'cpu', machine: 'any', began: 'today' });
      assert.equal(await folder.restore(), undefined);
      const state = {
        progress: { step: 2, skipped: 0, updates: 2, seed: 1 },
        tensors: new Map([['weight.one', Float32Array.of(0.1, -2, 3e-9)]]),
      };
      for (const line of madeUpLog(2)) await folder.logStep(line);
      await folder.save(state, 1.5);
      await folder.logStep({ ...madeUpLog(3).at(-1)!, loss: 9 });
      assert.deepEqual(await folder.restore(), { state, seconds: 1.5 });
      assert.deepEqual(await folder.readLog(), madeUpLog(2));
    } finally {
      await folder.remove();
    }
  });

  it('draws the curves of a run', () => {
    const log = madeUpLog(300);
    const svg = curves(log, [{ step: 300, seconds: 299, results: [result('Noto', 0.5), result('Fluent', 0.6)] }]);
    assert.equal(svg.match(/<path d="M[^"]*" fill="none"/g)?.length, 3);
    assert.ok(!svg.includes('NaN'));
  });
});

function madeUpLog(steps: number): LogLine[] {
  return Array.from({ length: steps }, (_, index) => ({
    step: index + 1,
    loss: 5 / (index + 1),
    logitScale: 14,
    learningRate: 1e-3,
    gradientNorm: 1,
    skipped: 0,
    seconds: index,
  }));
}

function result(name: string, top1: number) {
  return { name, style: name, drawings: 1, labels: 2, top1, top5: 1 };
}
