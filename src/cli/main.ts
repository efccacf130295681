#!/usr/bin/env node
import { Command, type CommanderError } from 'commander';
import { writeFault } from '../node/writable.ts';
import { closeWebgpu } from '../webgpu.ts';
import { addAudit } from './audit.ts';
import { addCalibrate } from './calibrate.ts';
import { addClassify } from './classify.ts';
import { addConvert } from './convert.ts';
import { addDoctor } from './doctor.ts';
import { addEmbed } from './embed.ts';
import { errorMessage } from './error-message.ts';
import { addEvaluate } from './evaluate.ts';
import { addFinetune } from './finetune.ts';
import { addIndex } from './index-command.ts';
import { addInspect } from './inspect.ts';
import { addMerge } from './merge.ts';
import { addNative } from './native.ts';
import { addPairs } from './pairs.ts';
import { addProbe } from './probe.ts';
import { addPrompts } from './prompts.ts';
import { addPull } from './pull.ts';
import { addRuns } from './runs.ts';
import { addSearch } from './search.ts';
import { addServe } from './serve.ts';
import { addTrain } from './train.ts';
import { UsageError } from './usage.ts';
import { version } from './version.ts';
import { addWiseFt } from './wise-ft.ts';

/** A reader that goes away (`| head`) is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  console.error(writeFault('standard output', error).message);
  process.exit(1);
});

/** Whoever does not want to hear what is said here does not stop the work. */
process.stderr.on('error', () => {});

const program = new Command('clip-tfjs')
  .description('CLIP on TensorFlow.js: pictures and words in one space')
  .version(version)
  .showHelpAfterError('(run it with --help for an example)')
  .exitOverride(exit);

for (const add of [
  addClassify,
  addCalibrate,
  addEmbed,
  addInspect,
  addDoctor,
  addPull,
  addConvert,
  addFinetune,
  addMerge,
  addTrain,
  addWiseFt,
  addRuns,
  addPairs,
  addProbe,
  addPrompts,
  addEvaluate,
  addAudit,
  addIndex,
  addSearch,
  addNative,
  addServe,
])
  add(program);
inheritSettings(program);

/** Commander says 1 where the usage is wrong. */
function exit({ exitCode }: CommanderError): never {
  process.exit(exitCode === 0 ? 0 : 2);
}

/** Commands that files of their own add do not inherit by themselves. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent).exitOverride(exit);
    inheritSettings(command);
  }
}

/** How long the process may take to end by itself when all is done, in milliseconds. */
const exitPatience = 2000;

try {
  await program.parseAsync();
} catch (error) {
  console.error(process.env.DEBUG ? error : errorMessage(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
} finally {
  if (closeWebgpu()) setTimeout(process.exit, exitPatience).unref(); // Dawn's threads are said to outlive the work at times
}
