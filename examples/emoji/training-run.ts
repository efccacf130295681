import type { Clip } from '../../src/clip.ts';
import { saveClip } from '../../src/node.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { type FinetuneStep, finetune, WeightAverage } from '../../src/train.ts';
import { initClip } from '../../src/weights/init.ts';
import type { Ingredients } from './batch.ts';
import { evaluationTable } from './evaluation-table.ts';
import { feed } from './feed.ts';
import { evaluate, measuresForChoice, type Result } from './measures.ts';
import { clipConfig, type Recipe } from './recipe.ts';
import type { RunFolder, Settings } from './run-folder.ts';

/** In minutes of clock time. */
export type Intervals = { saveEvery: number; evaluateEvery: number };

/**
 * Trains from where the folder's run is to its last step, and saves the averaged weights in the folder. SIGINT and SIGTERM
 * end it after the step that is being done, saved.
 * @returns how good the saved model is, but for the style of the report; `isStopped` where a signal came first
 */
export async function train(
  folder: RunFolder,
  { recipe, every }: Settings,
  ingredients: Ingredients,
  { saveEvery, evaluateEvery }: Intervals,
): Promise<{ results: Result[]; isStopped: boolean }> {
  const { steps, batch, averageDecay } = recipe.training;
  using clip = newClip(ingredients);
  const average = new WeightAverage(averageDecay);
  const last = await folder.restore();
  const first = last?.state.progress.step ?? 0;
  const stopwatch = createStopwatch(last?.seconds ?? 0);
  const evaluateNow = () => evaluate(clip, ingredients.concepts, measuresForChoice, every);
  const saving = timer(saveEvery);
  const evaluating = timer(evaluateEvery);
  let isStopping = false;
  const stop = () => {
    isStopping = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);

  const resume = last ? { resume: last.state } : {};
  const options = { ...trainingOptions(recipe), average, ...resume };
  for await (const { state, ...step } of finetune(clip, feed(ingredients, first), options)) {
    const seconds = stopwatch.seconds();
    const isLast = step.step === steps;
    await folder.logStep({ ...step, seconds });
    if (step.step % 20 === 0 || isLast)
      console.error(progressLine(step, steps, batch, stopwatch.secondsNow() / (step.step - first)));
    if (saving.isDue() || isLast || isStopping) await folder.save(await state(), seconds);
    if (isStopping) break;
    if (!isLast && evaluating.isDue()) {
      stopwatch.pause();
      await average.swap(clip);
      const results = await evaluateNow();
      await average.swap(clip);
      await folder.logEvaluation({ step: step.step, seconds, results });
      console.error(evaluationTable(results));
      stopwatch.goOn();
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);

  if (!isStopping) await average.swap(clip);
  average.dispose();
  if (isStopping) return { results: [], isStopped: true };
  await saveClip(clip, folder.model, { layout: 'huggingface', dtype: 'F16' });
  const results = await evaluateNow();
  await folder.logEvaluation({ step: steps, seconds: stopwatch.seconds(), results });
  await folder.keepSummary();
  return { results, isStopped: false };
}

/** Trains a model for nothing but the time that ten steps take, after three that warm up. */
export async function millisecondsPerStep(ingredients: Ingredients): Promise<number> {
  using clip = newClip(ingredients);
  let began = 0;
  for await (const { step } of finetune(clip, feed(ingredients, 0), trainingOptions(ingredients.recipe))) {
    if (step === 3) began = performance.now();
    if (step === 13) break;
  }
  return (performance.now() - began) / 10;
}

function newClip({ recipe, vocabulary }: Ingredients): Clip {
  const { contextLength } = recipe.model.text;
  const makeTokenizer = () => createTokenizer(vocabulary, contextLength);
  return initClip(clipConfig(recipe, vocabulary.ids.size), recipe.seed, makeTokenizer);
}

function trainingOptions({ training, seed }: Recipe) {
  const { steps, learningRate, weightDecay, warmup } = training;
  return { steps, learningRate, weightDecay, warmup: Math.min(warmup, steps), recompute: false, seed };
}

function progressLine(
  { step, loss, logitScale, gradientNorm }: Omit<FinetuneStep, 'state'>,
  steps: number,
  batch: number,
  secondsPerStep: number,
): string {
  const minutesLeft = Math.round((secondsPerStep * (steps - step)) / 60);
  return [
    `step ${step}/${steps}`,
    `loss ${loss.toFixed(3)}`,
    `scale ${logitScale.toFixed(1)}`,
    `gradient ${gradientNorm.toFixed(2)}`,
    `${(batch / secondsPerStep).toFixed(0)} samples/s`,
    `${Math.floor(minutesLeft / 60)} h ${minutesLeft % 60} min left`,
  ].join('  ');
}

/** Whether so many minutes are over since it last said yes, or since it was made. */
function timer(minutes: number) {
  let start = performance.now();
  return {
    isDue(): boolean {
      if (performance.now() - start < minutes * 60_000) return false;
      start = performance.now();
      return true;
    },
  };
}

/** @param before seconds of earlier starts */
function createStopwatch(before: number) {
  let start = performance.now();
  let paused = start;
  const secondsNow = () => (performance.now() - start) / 1000;
  return {
    secondsNow,
    seconds: () => Number((before + secondsNow()).toFixed(2)),
    pause: () => {
      paused = performance.now();
    },
    goOn: () => {
      start += performance.now() - paused;
    },
  };
}
