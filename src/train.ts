/** clip-tfjs/train: fine-tuning and training from scratch, browser-safe. */
export type { Recall } from './search/recall.ts';
export { AdamW, type AdamWOptions } from './train/adamw.ts';
export type { PictureSide, TensorBatch, TextSide } from './train/batch-sides.ts';
export type { Batch, Pair, ReadyBatch } from './train/batches.ts';
export { clipCoefficient, globalNorm } from './train/clip-norm.ts';
export {
  type ContrastiveGradients,
  contrastiveGradients,
  type GradientOptions,
} from './train/contrastive-gradients.ts';
export { type FinetuneOptions, type FinetuneStep, finetune } from './train/finetune.ts';
export { type Concepts, infoNceLoss } from './train/loss.ts';
export {
  type MemoryQuestion,
  planTraining,
  type TrainingMemory,
  type TrainingPlan,
  trainingMemory,
} from './train/memory.ts';
export { learningRateAt, type Schedule, type ScheduleOptions } from './train/schedule.ts';
export { ownParameters, type Trained } from './train/trained.ts';
export type { Progress, TrainingState } from './train/training-state.ts';
export { type EmbeddedPairs, type Validation, validate } from './train/validate.ts';
export { WeightAverage } from './train/weight-average.ts';
