import * as tf from '@tensorflow/tfjs';
import { type BackendName, useBackend } from '../../src/index.ts';
import { goldenModels } from '../golden-models.ts';
import { operatorCases, ownCases } from '../parity/cases/all.ts';
import { keepOnDevice, type Result, runCase } from '../parity/run-case.ts';
import { traps } from '../parity/traps/all.ts';
import { checkTrap } from '../parity/traps/trap.ts';
import { runModel } from './run-model.ts';
import { runPipeline } from './run-pipeline.ts';

/** What a browser computes on one backend, by topic; `threads` says whether WebAssembly has them. */
export type Report = { backend: string; threads: boolean; topics: Record<string, Result[]> };

/** The golden files, served beside the page. */
const goldens = new URL('goldens/', document.baseURI);

/** Runs every case, every trap, the golden models and the golden pipeline. Called by backends.test.ts. */
async function run(name: BackendName): Promise<Report> {
  const backend = await useBackend(name);
  const topics: Report['topics'] = {};
  const restore = keepOnDevice(name);
  for (const [topic, cases] of Object.entries({ ...operatorCases, ...ownCases })) {
    topics[topic] = [];
    for (const test of cases) topics[topic].push(await runCase(test));
  }
  topics.traps = [];
  for (const trap of traps) topics.traps.push({ name: trap.name, error: 0, faults: await checkTrap(trap, name) });
  restore();

  const before = tf.memory().numTensors;
  for (const model of goldenModels) topics[`the golden model ${model.name}`] = await runModel(model, goldens);
  topics['the golden pipeline'] = await runPipeline(goldens);
  const left = tf.memory().numTensors - before;
  topics.memory = [{ name: 'tensors left behind', error: left, faults: left === 0 ? [] : [`${left} tensors`] }];
  const threads = name === 'wasm' && (await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')) === true;
  return { backend, threads, topics };
}

Object.assign(globalThis, { runOnBackend: run });
