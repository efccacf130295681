/**
 * What fine-tuning a published model takes of a machine: a few steps on random weights and random pairs, each case in a process of its own.
 *
 *   node build/examples/fine-tuning/memory.js            # all cases, one after another; native TensorFlow
 *   node build/examples/fine-tuning/memory.js --case 1   # one
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type * as tf from '@tensorflow/tfjs';
import { architectureConfig, type Clip, initClip, ModelError, useBackend } from '../../src/node.ts';
import { parameterCount } from '../../src/parameters.ts';
import { normalNumbers, uniformNumbers } from '../../src/random.ts';
import { ownParameters } from '../../src/train/trained.ts';
import { finetune, isTrainedPart, loraOf, type ReadyBatch, type Trained } from '../../src/train.ts';

/** What is trained; `knows` where pictures have their features already, as a locked tower's cache gives them. */
type Case = { model: 'ViT-B/32' | 'ViT-L/14'; mode: 'full' | 'lock-image' | 'lora'; batch: number; knows?: true };

const cases: readonly Case[] = [
  { model: 'ViT-B/32', mode: 'full', batch: 64 },
  { model: 'ViT-B/32', mode: 'lora', batch: 64 },
  { model: 'ViT-B/32', mode: 'lock-image', batch: 64, knows: true },
  { model: 'ViT-L/14', mode: 'lock-image', batch: 64, knows: true },
  { model: 'ViT-L/14', mode: 'lock-image', batch: 8 },
];

/** The first step, which fills the moments, and two more. */
const steps = 3;

const { values } = parseArgs({ options: { case: { type: 'string' } } });
if (values.case !== undefined) await run(cases[Number(values.case)] as Case);
else {
  console.log('| model | what is trained | batch | numbers trained | memory, highest | a step |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const index of cases.keys()) {
    const args = [fileURLToPath(import.meta.url), '--case', String(index)];
    const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'ignore'] });
    if (status !== 0) throw new Error(`Case ${index} ended with ${status}`);
  }
}

async function run({ model, mode, batch, knows }: Case): Promise<void> {
  await useBackend('tensorflow');
  const clip = initClip(architectureConfig(model, 'quick_gelu'), 1, () => {
    throw new ModelError('random weights have no vocabulary');
  });
  const lora = { rank: 8, alpha: 16, targets: ['qkv', 'out'] } as const;
  const trained: Trained = mode === 'lora' ? loraOf(clip, lora) : ownParameters(clip, isTrainedPart(clip.config, mode));
  const numbers = trained.names.reduce((sum, name) => sum + (trained.parameters.get(name) as tf.Tensor).size, 0);
  const times: number[] = [];
  let began = performance.now();
  for await (const _ of finetune(clip, batches(clip, batch, knows), { steps, trained, learningRate: 1e-6 })) {
    times.push(performance.now() - began);
    began = performance.now();
  }
  const what = knows ? `${mode}, pictures from the cache` : mode;
  const [all, memory] = [parameterCount(clip.config), 1024 * process.resourceUsage().maxRSS];
  const share = `${(numbers / 1e6).toFixed(1)} of ${(all / 1e6).toFixed(1)} million`;
  const step = (Math.min(...times) / 1000).toFixed(1);
  console.log(`| ${model} | ${what} | ${batch} | ${share} | ${(memory / 1e9).toFixed(2)} GB | ${step} s |`);
}

/** Random pairs; captions are as long as the context. */
function* batches({ config }: Clip, batch: number, knows: true | undefined): Generator<ReadyBatch> {
  const { contextLength = 0, vocabSize = 0 } = config.text ?? {};
  const { embedDim, preprocess } = config;
  const normal = normalNumbers(2);
  const uniform = uniformNumbers(3);
  const id = (_: unknown, at: number) =>
    at % contextLength === contextLength - 1 ? vocabSize - 1 : Math.floor(uniform() * (vocabSize - 2));
  for (let step = 0; step < steps; step++) {
    const ids = Int32Array.from({ length: batch * contextLength }, id);
    if (knows)
      yield { imageEmbeds: Float32Array.from({ length: batch * embedDim }, () => normal() / embedDim ** 0.5), ids };
    else yield { pixels: Float32Array.from({ length: batch * 3 * preprocess.size ** 2 }, normal), ids };
  }
}
