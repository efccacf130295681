import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../src/node/files.ts';
import { clipTfjs } from './command.ts';
import { runsFolder, trainingFile } from './folders.ts';
import { measure, type Scores } from './measure.ts';
import { readyStyle } from './style.ts';

/** A run of `finetune`, and what it came to. */
export type Outcome = Scores & { name: string; trained: number; seconds: number; memory: number };

/** The modes that are compared, by the name of their run, with their options: each at its own default learning rate. */
export const modes: Readonly<Record<string, readonly string[]>> = {
  full: [],
  'layer-decay': ['--layer-decay', '0.7'],
  'lock-text': ['--mode', 'lock-text'],
  'lock-image': ['--mode', 'lock-image'],
  'last-blocks': ['--mode', 'last-blocks', '--last-blocks', '2'],
  lora: ['--mode', 'lora', '--lora-rank', '8'],
  projections: ['--mode', 'projections'],
};

/** What is the same in all runs: eight times through the pairs, 128 at a time. */
const shared = ['--epochs', '8', '--batch-size', '128', '--seed', '1'];

/**
 * Fine-tunes emoji-clip on the new style and measures it. A run that an earlier call has finished is not done again.
 * @param name of the run's folder
 * @param options of `finetune`, after those that all runs share
 */
export async function train(name: string, ...options: string[]): Promise<Outcome> {
  await readyStyle();
  const out = join(runsFolder, name);
  const file = join(out, 'outcome.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Outcome;
  await rm(out, { recursive: true, force: true });
  console.error(`\n${name}: clip-tfjs finetune emoji-clip ${options.join(' ')}`);
  const { seconds, memory } = await clipTfjs(
    'finetune',
    'emoji-clip',
    '--data',
    trainingFile,
    '--out',
    out,
    ...shared,
    ...options,
  );
  const { model } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
  const outcome = { name, trained: model.trainedParameters, seconds, memory, ...(await measure(out)) };
  await writeFileAtomically(file, JSON.stringify(outcome));
  return outcome;
}
