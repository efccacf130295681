import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import { sampleSeed } from '../random.ts';
import { AdamW, type AdamWOptions } from './adamw.ts';
import { type Batch, toTensors } from './batches.ts';
import { clipCoefficient, globalNorm } from './clip-norm.ts';
import { contrastiveGradients, type GradientOptions } from './contrastive-gradients.ts';
import { learningRateAt, type ScheduleChoice, type ScheduleOptions, scheduleOf } from './schedule.ts';
import { ownParameters, type Trained } from './trained.ts';
import { type Progress, restoreState, saveState, type Training, type TrainingState } from './training-state.ts';
import type { WeightAverage } from './weight-average.ts';

export type FinetuneOptions = AdamWOptions &
  Omit<GradientOptions, 'project'> &
  ScheduleChoice & {
    /** What is trained, where it is not the model's own parameters that `trainable` allows; the caller's to dispose. */
    trained?: Trained;
    /** What the learning rate of a parameter is multiplied by: 1, if left out. */
    rateScale?: (name: string) => number;
    /** Longer gradients are shortened to this norm; 1 by default, Infinity for never. */
    clipNorm?: number;
    /** Takes in the weights after each step; the caller's to swap and to dispose. */
    average?: WeightAverage;
    /** Of the choice among several captions of a picture. */
    seed?: number;
    /** Goes on after the state's last step; the batches must go on there too. */
    resume?: TrainingState;
  };

/** What a step did. */
export type FinetuneStep = {
  /** Counted from 1. */
  step: number;
  /** Of this step's batch, before the step. */
  loss: number;
  /** The multiplier of cosines after the step. */
  logitScale: number;
  learningRate: number;
  /** Of all gradients together, before clipping. Where it is not finite, the step changed nothing. */
  gradientNorm: number;
  /** Steps up to this one that changed nothing, because their gradients were not finite. */
  skipped: number;
  /** All that a later run needs to go on from here; good until the next step is asked for. */
  state: () => Promise<TrainingState>;
};

/** CLIP, section 2.5: the multiplier never gets above 100. open_clip keeps the logarithm from falling below 0, too. */
const highestLogScale = Math.log(100);

/**
 * Trains a CLIP, in place, a step per batch: loss, gradients, clipping, AdamW, the temperature back into its bounds. It is
 * the same for a model with published weights and one with random weights (`initClip`).
 * @param batches pairs, or pixels and ids as numbers; a batch is asked for when the one before is done with
 * @throws at once ModelError where the model cannot be trained, RangeError on an option; later TypeError on a batch that does
 *   not fit it
 */
export function finetune(
  clip: Clip,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  options: FinetuneOptions,
): AsyncGenerator<FinetuneStep, void, undefined> {
  const { clipNorm = 1, average } = options;
  if (!(clipNorm > 0)) throw new RangeError(`Cannot train: expected clipNorm above 0 but got ${clipNorm}`);
  if (options.trained && options.trainable)
    throw new RangeError(
      "Cannot train: expected 'trained' or 'trainable' but got both; leave 'trainable' out, or give it to what made 'trained'",
    );
  const schedule = scheduleOf(options);
  const trained = options.trained ?? ownParameters(clip, options.trainable);
  return takeSteps({ clip, trained, optimiser: new AdamW(options), average }, batches, schedule, options);
}

async function* takeSteps(
  training: Training,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  schedule: ScheduleOptions,
  options: FinetuneOptions,
): AsyncGenerator<FinetuneStep, void, undefined> {
  const { optimiser } = training;
  const { seed = 0, resume } = options;
  const progress: Progress = { step: 0, skipped: 0, updates: 0, seed };
  try {
    if (resume) {
      await restoreState(training, resume);
      Object.assign(progress, resume.progress);
    }
    if (progress.step >= schedule.steps) return;
    for await (const batch of batches) {
      const learningRate = learningRateAt(progress.step, schedule);
      const stepSeed = sampleSeed(progress.seed, progress.step);
      const result = await takeStep(training, batch, stepSeed, learningRate, options);
      progress.step++;
      progress.updates = optimiser.steps;
      if (!Number.isFinite(result.gradientNorm)) progress.skipped++;
      const { step, skipped } = progress;
      yield { step, ...result, learningRate, skipped, state: () => saveState(training, progress) };
      if (step >= schedule.steps) return;
      await new Promise((resume) => setTimeout(resume)); // lets timers, clicks and Ctrl-C be heard between steps
    }
  } finally {
    optimiser.dispose();
  }
}

async function takeStep(
  { clip, trained, optimiser, average }: Training,
  batch: Batch,
  seed: number,
  learningRate: number,
  options: FinetuneOptions,
): Promise<Pick<FinetuneStep, 'loss' | 'logitScale' | 'gradientNorm'>> {
  const { clipNorm = 1, rateScale = () => 1 } = options;
  const tensors = toTensors(clip, batch, seed);
  const changes = new Set(trained.changes);
  const choices = { ...options, trainable: (name: string) => changes.has(name), project: trained.project };
  const { loss, gradients } = freeing(tensors.dispose, () => contrastiveGradients(clip, tensors, choices));
  const norm = globalNorm(gradients.values());
  try {
    const [lossValue = Number.NaN] = await loss.data<'float32'>();
    const [gradientNorm = Number.NaN] = await norm.data<'float32'>();
    if (Number.isFinite(gradientNorm)) {
      const replace = (name: string, value: tf.Tensor) => trained.replace(name, withinBounds(name, value));
      const rateOf = (name: string) => learningRate * rateScale(name);
      optimiser.step(trained.parameters, gradients, rateOf, replace, clipCoefficient(gradientNorm, clipNorm));
      trained.apply();
      if (changes.has('logitScale')) await clip.refreshLogitScale();
      average?.update(trained.changes.map((name) => [name, clip.parameters.get(name) as tf.Tensor] as const));
    }
    return { loss: lossValue, logitScale: clip.logitScale, gradientNorm };
  } finally {
    tf.dispose([loss, norm, ...gradients.values()]);
  }
}

/** Not a part of the loss: there, the gradient would vanish outside the bounds, and the temperature be stuck. */
function withinBounds(name: string, value: tf.Tensor): tf.Tensor {
  if (name !== 'logitScale') return value;
  const bounded = tf.clipByValue(value, 0, highestLogScale);
  value.dispose();
  return bounded;
}

function freeing<T>(dispose: () => void, run: () => T): T {
  try {
    return run();
  } finally {
    dispose();
  }
}
