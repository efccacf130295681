import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { type Clip, initClip, useBackend } from '../../src/node.ts';
import { assembleWeights } from '../../src/parameters.ts';
import { normalNumbers } from '../../src/random.ts';
import { textEncoder } from '../../src/text/text-encoder.ts';
import type { LoraTarget } from '../../src/train/lora.ts';
import {
  contrastiveGradients,
  type FinetuneOptions,
  finetune,
  type GradientOptions,
  infoNceLoss,
  type Lora,
  type LoraAdapter,
  type LoraOptions,
  loraOf,
  loraTargets,
  mergeAdapter,
  type ReadyBatch,
  type TrainingState,
} from '../../src/train.ts';
import { type VisionTransformer, visionTransformer } from '../../src/vision/vit.ts';
import { assertClose, largest } from '../assert-close.ts';
import { onEachBackend } from '../golden.ts';
import { tinyConfig } from '../tiny.ts';

const config = tinyConfig();
const newClip = (seed = 3): Clip => initClip(config, seed, () => assert.fail());
const all: LoraOptions = { rank: 3, alpha: 6, targets: loraTargets };

/** Both matrices of each kernel random, so that each gradient shows. */
async function randomAdapter(lora: Lora): Promise<LoraAdapter> {
  const normal = normalNumbers(8);
  const { kernels, ...rest } = await lora.adapter();
  const random = (values: Float32Array) => values.map(() => 0.1 * normal());
  return {
    ...rest,
    kernels: new Map([...kernels].map(([name, { rank, a, b }]) => [name, { rank, a: random(a), b: random(b) }])),
  };
}

function randomBatch(count: number) {
  const normal = normalNumbers(5);
  const ids = Array.from({ length: count }, (_, row) => [58, 1 + row, 7 + 2 * row, 59]).flat();
  const pixels = Float32Array.from({ length: count * 16 * 16 * 3 }, normal);
  return { pixels: tf.tensor4d(pixels, [count, 16, 16, 3]), ids: tf.tensor2d(ids, [count, 4], 'int32') };
}

async function valuesOf(clip: Clip): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (const [name, tensor] of clip.parameters) values.set(name, Float32Array.from(await tensor.data<'float32'>()));
  return values;
}

/** In float64. */
function explicitSum(
  base: Float32Array,
  { rank, a, b }: { rank: number; a: Float32Array; b: Float32Array },
  s: number,
) {
  const outputs = b.length / rank;
  return Float64Array.from(base, (value, index) => {
    const [row, column] = [Math.floor(index / outputs), index % outputs];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += a[row * rank + k]! * b[k * outputs + column]!;
    return value + s * sum;
  });
}

/** The loss with each kernel as the sum that it stands for, in tfjs's own operators, by the matrices. */
function plainLoss(
  clip: Clip,
  lora: Lora,
  base: ReadonlyMap<string, tf.Tensor>,
  scale: number,
  batch: ReturnType<typeof randomBatch>,
) {
  const weights = assembleWeights(config, 'both', <R extends tf.Rank>(name: string) => {
    const path = name.replace(/kernel$/, '');
    const [a, b] = [lora.parameters.get(`${path}loraA`), lora.parameters.get(`${path}loraB`)];
    if (!a || !b) return clip.parameters.get(name) as tf.Tensor<R>;
    return tf.add(base.get(name)!, tf.mul(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D), scale)) as tf.Tensor<R>;
  });
  const unit = (rows: tf.Tensor2D): tf.Tensor2D => tf.div(rows, tf.sqrt(tf.sum(tf.square(rows), 1, true)));
  const images = unit(visionTransformer(weights.visual as VisionTransformer, batch.pixels));
  return infoNceLoss(
    images,
    unit(textEncoder(weights.text!, batch.ids)),
    tf.exp(clip.parameters.get('logitScale') as tf.Scalar),
  );
}

function* batchesFrom(first: number): Generator<ReadyBatch> {
  for (let step = first; ; step++) {
    const normal = normalNumbers(100 + step);
    const ids = Array.from({ length: 3 }, (_, row) => [58, (7 * step + row) % 50, 5, 59]).flat();
    yield { pixels: Float32Array.from({ length: 3 * 16 * 16 * 3 }, normal), ids: Int32Array.from(ids) };
  }
}

describe('loraOf()', () => {
  onEachBackend((backend) => {
    before(() => useBackend(backend));

    it('begins with the model as it is, to the last bit, and leaves no tensor behind', async () => {
      const clip = newClip();
      const before = await valuesOf(clip);
      const own = tf.memory().numTensors;
      const lora = loraOf(clip, all);
      assert.equal(lora.changes.length, 16); // 2 towers x 2 blocks x 4 kernels
      assert.equal(tf.memory().numTensors, own + 3 * 16);
      assert.deepEqual(await valuesOf(clip), before);
      lora.apply();
      assert.deepEqual(await valuesOf(clip), before);
      assert.equal(tf.memory().numTensors, own + 3 * 16);
      lora.dispose();
      assert.equal(tf.memory().numTensors, own);
      clip.dispose();
    });

    for (const rank of [1, 2, 5, 32]) {
      it(`holds the explicit sum, rank ${rank}, and puts the kernels back`, async () => {
        const clip = newClip();
        const before = await valuesOf(clip);
        const own = tf.memory().numTensors;
        const lora = loraOf(clip, { ...all, rank, alpha: 7 });
        const adapter = await randomAdapter(lora);
        lora.load(adapter);
        const merged = await valuesOf(clip);
        for (const [name, values] of merged) {
          const change = adapter.kernels.get(name);
          if (!change) assert.deepEqual(values, before.get(name), name);
          else {
            assert.notDeepEqual(values, before.get(name), name);
            assertClose(name, values, explicitSum(before.get(name)!, change, 7 / rank), 2e-6);
          }
        }
        assert.deepEqual(await lora.adapter(), adapter);
        lora.unmerge();
        assert.deepEqual(await valuesOf(clip), before);
        mergeAdapter(clip, adapter);
        assert.deepEqual(await valuesOf(clip), merged);
        lora.dispose();
        assert.equal(tf.memory().numTensors, own);
        clip.dispose();
      });
    }

    const ways: [string, GradientOptions][] = [
      ['one tape', { recompute: false }],
      ['block by block', {}],
      ['in chunks, block by block', { chunkSize: 2 }],
    ];
    for (const [way, options] of ways) {
      it(`has the gradients of its matrices, ${way}`, async () => {
        const clip = newClip();
        const base = new Map([...clip.parameters].map(([name, tensor]) => [name, tf.clone(tensor)]));
        const lora = loraOf(clip, all);
        lora.load(await randomAdapter(lora));
        const batch = randomBatch(5);
        const matrices = lora.names.map((name) => lora.parameters.get(name)!);
        const expected = tf.tidy(() => tf.grads(() => plainLoss(clip, lora, base, 2, batch))(matrices));
        const changes = new Set(lora.changes);
        const trainable = (name: string) => changes.has(name);
        const { loss, gradients } = contrastiveGradients(clip, batch, { ...options, trainable, project: lora.project });
        assert.deepEqual([...gradients.keys()].sort(), [...lora.names].sort());
        for (const [index, name] of lora.names.entries()) {
          const values = await expected[index]!.data();
          assert.ok(largest(values) > 0, name);
          const scale = largest(values);
          assertClose(name, await gradients.get(name)!.data(), values, 2e-5 * scale + 1e-8);
        }
        lora.dispose();
        clip.dispose();
        tf.dispose([...base.values(), ...expected, loss, ...gradients.values(), batch.pixels, batch.ids]);
      });
    }

    it('trains the matrices alone, without a tensor more at each step, and learns', async () => {
      const clip = newClip();
      const before = await valuesOf(clip);
      const lora = loraOf(clip, { ...all, rank: 4, targets: ['qkv', 'fc'] });
      const [batch] = batchesFrom(0);
      const losses: number[] = [];
      const counts: number[] = [];
      const options: FinetuneOptions = { steps: 12, learningRate: 5e-2, weightDecay: 0, trained: lora };
      for await (const { loss } of finetune(clip, Array(12).fill(batch), options)) {
        losses.push(loss);
        counts.push(tf.memory().numTensors);
      }
      assert.ok(losses.at(-1)! < 0.5 * losses[0]!, `${losses[0]} to ${losses.at(-1)}`);
      assert.deepEqual(new Set(counts.slice(1)).size, 1);
      const adapter = await lora.adapter();
      for (const [name, values] of await valuesOf(clip)) {
        const change = adapter.kernels.get(name);
        if (change) assertClose(name, values, explicitSum(before.get(name)!, change, 1.5), 2e-6);
        else assert.deepEqual(values, before.get(name), name);
      }
      lora.dispose();
      clip.dispose();
    });

    it('goes on from a saved state as if it had never stopped', async () => {
      const options = { steps: 6, learningRate: 1e-2 };
      const begin = (seed: number) => {
        const clip = newClip();
        return { clip, trained: loraOf(clip, { ...all, seed }) };
      };
      const [whole, first, second] = [begin(1), begin(1), begin(2)];
      for await (const step of finetune(whole.clip, batchesFrom(0), { ...options, ...whole })) assert.ok(step.loss > 0);
      let saved: TrainingState | undefined;
      for await (const step of finetune(first.clip, batchesFrom(0), { ...options, ...first })) {
        if (step.step < 3) continue;
        saved = await step.state();
        break;
      }
      assert.deepEqual(
        new Set([...saved!.tensors.keys()].map((path) => path.replace(/^(\w+)\..*\.(\w+)$/, '$1.$2'))),
        new Set(['weight.loraA', 'weight.loraB', 'first.loraA', 'first.loraB', 'second.loraA', 'second.loraB']),
      );
      for await (const step of finetune(second.clip, batchesFrom(3), { ...options, ...second, resume: saved! }))
        assert.ok(step.step > 3);
      assert.deepEqual(await valuesOf(second.clip), await valuesOf(whole.clip));
      assert.deepEqual(await second.trained.adapter(), await whole.trained.adapter());
      for (const { clip, trained } of [whole, first, second]) {
        trained.dispose();
        clip.dispose();
      }
    });
  });

  it('has gradients that finite differences confirm', async () => {
    await useBackend('wasm');
    const clip = newClip();
    const lora = loraOf(clip, { ...all, rank: 2, targets: ['qkv', 'proj'] });
    const adapter = await randomAdapter(lora);
    lora.load(adapter);
    const batch = randomBatch(4);
    const changes = new Set(lora.changes);
    const lossAt = async () => {
      const { loss, gradients } = contrastiveGradients(clip, batch, {
        trainable: (name) => changes.has(name),
        project: lora.project,
      });
      const values = new Map<string, Float32Array>();
      for (const [name, gradient] of gradients) values.set(name, await gradient.data<'float32'>());
      const [value = Number.NaN] = await loss.data<'float32'>();
      tf.dispose([loss, ...gradients.values()]);
      return { value, values };
    };
    const { values } = await lossAt();
    for (const side of ['a', 'b'] as const) {
      const direction = new Map<string, Float32Array>();
      const normal = normalNumbers(11);
      let expected = 0;
      for (const [name, change] of adapter.kernels) {
        const d = change[side].map(() => normal());
        direction.set(name, d);
        const gradient = values.get(name.replace(/kernel$/, side === 'a' ? 'loraA' : 'loraB'))!;
        expected += d.reduce((sum, value, index) => sum + value * gradient[index]!, 0);
      }
      const lossWith = async (h: number) => {
        const moved = [...adapter.kernels].map(([name, change]) => {
          const d = direction.get(name)!;
          return [name, { ...change, [side]: change[side].map((value, i) => value + h * d[i]!) }] as const;
        });
        lora.load({ ...adapter, kernels: new Map(moved) });
        return (await lossAt()).value;
      };
      const h = 3e-3;
      const slope = ((await lossWith(h)) - (await lossWith(-h))) / (2 * h);
      assertClose(`slope by ${side}`, [slope], [expected], 1e-2 * Math.abs(expected));
      lora.load(adapter);
    }
    lora.dispose();
    clip.dispose();
    tf.dispose([batch.pixels, batch.ids]);
  });

  it('adapts the kernels that are asked for', () => {
    const clip = newClip();
    const adapted = (options: Partial<LoraOptions>) => {
      const lora = loraOf(clip, { ...all, ...options });
      lora.dispose();
      return lora.changes;
    };
    assert.deepEqual(adapted({ targets: ['out'], trainable: (name) => name.startsWith('text.') }), [
      'text.resblocks.0.attn.out.kernel',
      'text.resblocks.1.attn.out.kernel',
    ]);
    assert.deepEqual(adapted({ targets: ['proj'] }).length, 4, "not the towers' projections");
    const before = tf.memory().numTensors;
    for (const [options, message] of [
      [{ rank: 0 }, /expected rank to be a positive integer but got 0/],
      [
        { rank: 33 },
        /Cannot adapt 'visual\.resblocks\.0\.attn\.qkv\.kernel' \[32, 96\]: expected a rank up to 32 but got 33/,
      ],
      [{ alpha: 0 }, /expected alpha above 0 but got 0/],
      [{ targets: [] }, /expected targets among qkv, out, fc, proj/],
      [{ targets: ['q' as LoraTarget] }, /expected targets among qkv, out, fc, proj but got 'q'/],
      [{ trainable: () => false }, /allows none/],
    ] as const)
      assert.throws(() => adapted(options), message);
    assert.equal(tf.memory().numTensors, before);
    clip.dispose();
  });

  it('refuses an adapter of other options, and changes nothing', async () => {
    const clip = newClip();
    const before = await valuesOf(clip);
    const [one, other] = [loraOf(clip, all), loraOf(clip, { ...all, rank: 2 })];
    const adapter = await other.adapter();
    assert.throws(() => one.load(adapter), /expected rank 3, alpha 6 and changes of visual\.resblocks\.0/);
    const name = 'visual.resblocks.0.attn.out.kernel';
    const wrong = { rank: 1, a: new Float32Array(3), b: new Float32Array(32) };
    assert.throws(
      () => mergeAdapter(clip, { rank: 1, alpha: 1, kernels: new Map([...adapter.kernels, [name, wrong]]) }),
      /expected a change of 'visual\.resblocks\.0\.attn\.out\.kernel' of \[32, 32\] but got \[3, 32\]/,
    );
    assert.throws(
      () => mergeAdapter(clip, { rank: 1, alpha: 1, kernels: new Map([['visual.none', wrong]]) }),
      /the model has no kernel 'visual\.none'/,
    );
    assert.deepEqual(await valuesOf(clip), before);
    one.dispose();
    other.dispose();
    clip.dispose();
  });
});
