import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import type { VitConfig } from '../../src/config.ts';
import { type Clip, createTokenizer, initClip, trainBpe, useBackend } from '../../src/node.ts';
import { normalNumbers } from '../../src/random.ts';
import {
  type Batch,
  type FinetuneOptions,
  type FinetuneStep,
  finetune,
  ownParameters,
  type TrainingState,
  WeightAverage,
} from '../../src/train.ts';
import { assertClose } from '../assert-close.ts';
import { onEachBackend } from '../golden.ts';
import { tinyConfig } from '../tiny.ts';

const vocabulary = trainBpe(['a red square', 'a green dot', 'a blue line'], 524);
const tiny = tinyConfig();
const config = { ...tiny, text: { ...tiny.text!, vocabSize: 524, contextLength: 8 } };
const newClip = (seed = 1): Clip => initClip(config, seed, () => createTokenizer(vocabulary, 8));

/** Plain numbers that depend on the step alone. */
function readyBatch(step: number, count = 3) {
  const normal = normalNumbers(100 + step);
  const ids = Array.from({ length: count }, (_, row) => [522, (7 * step + row) % 500, 5, 523]).flat();
  return { pixels: Float32Array.from({ length: count * 16 * 16 * 3 }, normal), ids: Int32Array.from(ids) };
}

function* batchesFrom(first: number): Generator<Batch> {
  for (let step = first; ; step++) yield readyBatch(step);
}

async function run(clip: Clip, batches: Iterable<Batch>, options: FinetuneOptions): Promise<FinetuneStep[]> {
  const steps: FinetuneStep[] = [];
  for await (const step of finetune(clip, batches, options)) steps.push(step);
  return steps;
}

const figures = ({ state, ...rest }: FinetuneStep) => rest;

describe('finetune()', () => {
  onEachBackend((backend) => {
    before(() => useBackend(backend));

    it('learns four pictures by heart', async () => {
      const clip = newClip();
      const batch = readyBatch(0, 4);
      const steps = await run(clip, Array(40).fill(batch), { steps: 40, learningRate: 3e-3, weightDecay: 0 });
      assert.equal(steps.length, 40);
      assert.ok(steps[0]!.loss > 1, `began with ${steps[0]!.loss}`);
      assert.ok(steps.at(-1)!.loss < 0.1, `ended with ${steps.at(-1)!.loss}`);
      assert.equal(steps.at(-1)!.logitScale, clip.logitScale);
      clip.dispose();
    });

    it('has no tensor more after 200 steps than after 2', async () => {
      const small = { width: 8, layers: 1, heads: 1, mlpWidth: 8 };
      const before = tf.memory().numTensors;
      const clip = initClip(
        { ...config, vision: { ...config.vision, ...small } as VitConfig, text: { ...config.text, ...small } },
        1,
        () => assert.fail(),
      );
      let after2 = 0;
      for await (const { step } of finetune(clip, batchesFrom(0), { steps: 200, chunkSize: 2 })) {
        if (step === 2) after2 = tf.memory().numTensors;
        if (step > 2) assert.equal(tf.memory().numTensors, after2, `step ${step}`);
      }
      clip.dispose();
      assert.equal(tf.memory().numTensors, before);
    });

    it('goes on from a saved state as if it had never stopped', async () => {
      const options = { steps: 6, learningRate: 1e-2, clipNorm: 0.5 };
      const whole = { clip: newClip(), average: new WeightAverage(0.9) };
      const unbroken = await run(whole.clip, batchesFrom(0), { ...options, average: whole.average });

      const first = { clip: newClip(), average: new WeightAverage(0.9) };
      let saved: TrainingState | undefined;
      for await (const step of finetune(first.clip, batchesFrom(0), { ...options, average: first.average })) {
        if (step.step < 3) continue;
        saved = await step.state();
        break;
      }
      assert.deepEqual(JSON.parse(JSON.stringify(saved!.progress)), saved!.progress);
      const second = { clip: newClip(2), average: new WeightAverage(0.9) };
      const resumed = await run(second.clip, batchesFrom(3), { ...options, average: second.average, resume: saved! });
      assert.deepEqual(resumed.map(figures), unbroken.slice(3).map(figures));
      for (const [name, tensor] of whole.clip.parameters)
        assert.deepEqual(await second.clip.parameters.get(name)!.data(), await tensor.data(), name);
      for (const [name, tensor] of whole.average.tensors())
        assert.deepEqual(await second.average.tensors().get(name)!.data(), await tensor.data(), name);
      for (const { clip, average } of [whole, first, second]) {
        clip.dispose();
        average.dispose();
      }
    });

    it('refuses the state of another run, and changes nothing', async () => {
      const clip = newClip();
      let saved: TrainingState | undefined;
      for await (const step of finetune(clip, batchesFrom(0), { steps: 2 })) saved ??= await step.state();
      const before = await clip.parameters.get('text.proj')!.data();
      const resume = { ...saved!, tensors: new Map(saved!.tensors).set('weight.text.proj', new Float32Array(3)) };
      await assert.rejects(
        run(clip, batchesFrom(1), { steps: 2, resume }),
        /512 values of 'weight.text.proj' but got 3/,
      );
      const trainable = (name: string) => name === 'text.proj';
      await assert.rejects(run(clip, batchesFrom(1), { steps: 2, trainable, resume: saved! }), /no use for 'weight\./);
      assert.deepEqual(await clip.parameters.get('text.proj')!.data(), before);
      clip.dispose();
    });

    it('refuses two ways of saying what is trained', () => {
      const clip = newClip();
      const trainable = (name: string) => name !== 'logitScale';
      const choice = { steps: 1, trainable, trained: ownParameters(clip) };
      assert.throws(() => finetune(clip, batchesFrom(0), choice), /expected 'trained' or 'trainable' but got both/);
      clip.dispose();
    });

    it('multiplies the learning rate by that of each parameter', async () => {
      const clip = newClip();
      const before = await clip.parameters.get('visual.proj')!.data();
      const text = await clip.parameters.get('text.proj')!.data();
      const rateScale = (name: string) => Number(name !== 'visual.proj');
      await run(clip, batchesFrom(0), { steps: 1, learningRate: 1e-2, warmup: 0, rateScale });
      assert.deepEqual(await clip.parameters.get('visual.proj')!.data(), before);
      assert.notDeepEqual(await clip.parameters.get('text.proj')!.data(), text);
      clip.dispose();
    });

    it('passes over a step whose gradient is not finite, and counts it', async () => {
      const clip = newClip();
      const bad = readyBatch(1);
      (bad.pixels as Float32Array)[5] = Number.NaN;
      const before = await clip.parameters.get('visual.proj')!.data();
      const [skipped] = await run(clip, [bad], { steps: 3, learningRate: 1e-2 });
      assert.deepEqual([skipped!.skipped, Number.isFinite(skipped!.gradientNorm)], [1, false]);
      assert.deepEqual(await clip.parameters.get('visual.proj')!.data(), before);
      const both = await run(clip, [bad, readyBatch(2)], { steps: 3, learningRate: 1e-2 });
      assert.deepEqual(
        both.map(({ skipped }) => skipped),
        [1, 1],
      );
      assert.ok(both[1]!.loss > 0);
      assert.notDeepEqual(await clip.parameters.get('visual.proj')!.data(), before);
      clip.dispose();
    });

    it('keeps the temperature within its bounds', async () => {
      const clip = newClip();
      const only = { trainable: (name: string) => name === 'logitScale', schedule: 'constant', warmup: 0 } as const;
      clip.replace('logitScale', tf.scalar(5));
      const [above] = await run(clip, batchesFrom(0), { steps: 1, learningRate: 1e-3, ...only });
      assertClose('multiplier', [above!.logitScale], [100], 1e-4);
      clip.replace('logitScale', tf.scalar(-1));
      const [below] = await run(clip, batchesFrom(0), { steps: 1, learningRate: 1e-3, ...only });
      assert.equal(below!.logitScale, 1);
      clip.dispose();
    });

    it('takes pictures and texts, and draws among captions by the seed', async () => {
      const pixels = readyBatch(0, 2).pixels as Float32Array;
      const image = (row: number) => pixels.slice(row * 768, (row + 1) * 768);
      const lossWith = async (text: string | string[], seed = 0) => {
        const clip = newClip();
        const pairs = [
          { image: image(0), text },
          { image: image(1), text: 'a blue line' },
        ];
        const [step] = await run(clip, [pairs], { steps: 1, seed });
        clip.dispose();
        return step!.loss;
      };
      const captions = ['a red square', 'a green dot'];
      const alone = [await lossWith(captions[0]!), await lossWith(captions[1]!)];
      assert.notEqual(alone[0], alone[1]);
      const drawn: number[] = [];
      for (let seed = 0; seed < 8; seed++) drawn.push(await lossWith(captions, seed));
      assert.deepEqual([...new Set(drawn)].sort(), alone.sort());
      assert.equal(await lossWith(captions, 3), drawn[3]);
    });

    it('shares the probability among pairs of one concept', async () => {
      const { pixels, ids } = readyBatch(0, 2);
      const lossWith = async (concepts?: number[]) => {
        const clip = newClip();
        const [step] = await run(clip, [{ pixels, ids, concepts }], { steps: 1 });
        clip.dispose();
        return step!.loss;
      };
      assert.notEqual(await lossWith([1, 1]), await lossWith());
      assert.equal(await lossWith([1, 2]), await lossWith());
    });
  });

  it('says what is wrong with its arguments', async () => {
    const clip = newClip();
    const refused = (options: object, message: RegExp, batches: Iterable<Batch> = batchesFrom(0)) =>
      assert.rejects(run(clip, batches, { steps: 2, ...options }), message);
    await refused({ steps: 0 }, /expected steps to be a positive integer but got 0/);
    await refused({ warmup: 3 }, /expected warmup and cooldown to be whole numbers up to 2 but got 3, 0/);
    await refused({ learningRate: Number.NaN }, /expected learningRate from 0 but got NaN/);
    await refused({ schedule: 'linear' }, /expected schedule 'cosine', 'constant' or 'cooldown' but got 'linear'/);
    await refused({ betas: [0.9, 1] }, /expected betas in \[0, 1\) but got 0.9,1/);
    for (const clipNorm of [0, -1, Number.NaN])
      await refused({ clipNorm }, new RegExp(`expected clipNorm above 0 but got ${clipNorm}`));
    assert.throws(() => finetune(clip, [], { steps: 0 }), RangeError, 'before the first batch is asked for');
    await refused({ chunkSize: 1.5 }, /expected chunkSize to be a positive integer but got 1.5/);
    await refused({}, /expected one pair or more in a batch but got none/, [[]]);
    await refused({}, /expected batches of/, [{ pixels: new Float32Array(5), ids: new Int32Array(5) }]);
    clip.dispose();
    await refused({}, /disposed/);
  });
});
