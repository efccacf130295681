import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../../clip.ts';
import type { ClipConfig } from '../../config.ts';
import { parameterShapes } from '../../parameters.ts';
import { planTraining, type TrainingPlan } from '../../train/memory.ts';
import { bytesNeeded } from '../../weights/check-memory.ts';
import { availableMemory } from '../available-memory.ts';
import { trainableIn } from './adaptation.ts';
import { stepsPerEpoch } from './batches.ts';
import type { TrainingMode } from './mode-settings.ts';
import type { TrainingSettings } from './settings.ts';

/** A run's extent. */
export type RunSize = { batchSize: number; stepsPerEpoch: number; steps: number; warmup: number };

/** @throws Error where there are too few pairs to compare */
export function sizeRun(pairs: number, settings: TrainingSettings, report: (message: string) => void): RunSize {
  const batchSize = Math.min(settings.batchSize, pairs);
  if (batchSize < 2)
    throw new Error(
      `Cannot train: expected two pairs or more in a batch, for each is compared with the others, but got ${batchSize}`,
    );
  if (batchSize < settings.batchSize)
    report(`there are ${pairs} pairs for training, so the batch size is ${batchSize}, not ${settings.batchSize}`);
  const perEpoch = stepsPerEpoch(pairs, batchSize);
  const steps = settings.steps ?? settings.epochs * perEpoch;
  return { batchSize, stepsPerEpoch: perEpoch, steps, warmup: settings.warmup ?? Math.round(steps / 10) };
}

/** @throws Error on a prefix that no parameter of the model has: misspelt, it would freeze nothing */
export function assertFreezes(freeze: readonly string[], config: ClipConfig): void {
  const names = [...parameterShapes(config).keys()];
  const other = freeze.find((prefix) => !names.some((name) => name.startsWith(prefix)));
  if (other === undefined) return;
  const beginnings = [...new Set(names.map((name) => name.split('.', 2).join('.')))];
  throw new Error(
    `Cannot freeze '${other}': expected how names of parameters begin but none begins so; they begin with ${beginnings.join(', ')}`,
  );
}

/** WebAssembly of 32 bits addresses so much. */
const wasmHeap = 2 ** 32;

/** Of the memory that is free: the rest is left to decoders, JavaScript, and whatever else runs. */
const usedShare = 0.5;

/** Of WebAssembly's: what lies between tensors is lost. */
const usedHeapShare = 0.75;

/** Chooses how gradients are computed, by the memory that is free now that the model is loaded. */
export function planMemory(clip: Clip, settings: TrainingSettings, batchSize: number): TrainingPlan {
  const backend = tf.getBackend();
  const { chunkSize, recompute, mode, lora, averageDecay } = settings;
  const available = usedShare * (availableMemory() + bytesNeeded(parameterShapes(clip.config), 'cpu'));
  return planTraining(
    {
      config: clip.config,
      trainable: trainableIn(clip.config, settings),
      ...(mode === 'lora' && { loraRank: lora.rank }),
      hasAverage: averageDecay !== undefined,
      batchSize,
      backend,
      ...(chunkSize !== undefined && { chunkSize: Math.min(chunkSize, batchSize) }),
      ...(recompute !== undefined && { recompute }),
    },
    backend === 'wasm' ? Math.min(available, usedHeapShare * wasmHeap) : available,
  );
}

/** A plan in words. */
export function describePlan({ chunkSize, recompute, memory, fits }: TrainingPlan, batchSize: number): string {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  const mode = !recompute ? 'all values are kept for the way back' : 'block by block, each computed twice';
  const chunks = chunkSize < batchSize ? `, ${chunkSize} pairs at a time` : '';
  const sum = `up to ${megabytes(memory.total)} of memory: ${megabytes(memory.fixed)} for weights, gradients and moments, ${megabytes(memory.work)} for the work`;
  const doubt = fits
    ? ''
    : '; that is more than is free, so it may fail: free some, or train fewer parameters (--mode)';
  return `${sum} (${mode}${chunks})${doubt}`;
}

/** Threads that prepare samples: every processor but this thread's, where there are pictures for them. */
export function sampleThreads(workers: number | 'auto', pairs: number): number {
  if (workers !== 'auto') return workers;
  return Math.min(availableParallelism() - 1, Math.floor(pairs / 8));
}

/** Width of ViT-B/32, whose fine-tuning is known best. */
const knownWidth = 768;

/**
 * What a mode's rate is a multiple of. LoRA: CLIP-LoRA (Zanella and Ben Ayed 2024) trains ViT-B/16 at 2e-4 by default, on
 * every data set; Schulman et al. 2025 ("LoRA without regret") find ten times that of full fine-tuning the best. For the projections
 * alone there is no such recipe: they change little of the model.
 */
const rateFactors: Partial<Record<TrainingMode, number>> = { lora: 20, projections: 10 };

/**
 * What fine-tuning stands, as users of OpenAI's models found it: 1e-5 down to 5e-7 for ViT-B/32. A narrower model takes more,
 * in inverse proportion (Yang et al. 2022, for Adam).
 */
export function fineTuningRate({ vision, text }: ClipConfig, mode: TrainingMode = 'full'): number {
  const width = vision?.kind === 'vit' ? vision.width : (text?.width ?? knownWidth);
  return Number((1e-5 * (rateFactors[mode] ?? 1) * Math.max(1, knownWidth / width)).toPrecision(2));
}

/** A warning where a learning rate is far above what fine-tuning stands. */
export function learningRateAdvice(
  config: ClipConfig,
  learningRate: number,
  mode: TrainingMode = 'full',
): string | undefined {
  const usual = fineTuningRate(config, mode);
  if (learningRate <= 10 * usual) return undefined;
  const known = mode === 'full' ? ' (for ViT-B/32 1e-5 to 5e-7)' : '';
  return `the learning rate ${learningRate} is far above what fine-tuning stands: the model may forget what it knew within an epoch; ${usual} or less is usual for this one in mode '${mode}'${known}`;
}
