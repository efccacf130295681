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
export { layerDecay } from './train/layer-decay.ts';
export {
  defaultC,
  fitLinearProbe,
  type LinearProbe,
  type LinearProbeFit,
  type LinearProbeOptions,
} from './train/linear-probe.ts';
export { type Lora, type LoraOptions, type LoraTarget, loraOf, loraTargets } from './train/lora.ts';
export { type Concepts, infoNceLoss } from './train/loss.ts';
export { type LoraAdapter, type LowRank, mergeAdapter } from './train/low-rank.ts';
export {
  type MemoryQuestion,
  planTraining,
  type TrainingMemory,
  type TrainingPlan,
  trainingMemory,
} from './train/memory.ts';
export { measureProbe, type Probe, type ProbeFigures, predictProbe } from './train/predict-probe.ts';
export {
  type LabelledFeatures,
  type SweepOptions,
  type SweepTrial,
  sweepLinearProbe,
} from './train/probe-sweep.ts';
export { learningRateAt, type Schedule, type ScheduleOptions } from './train/schedule.ts';
export { takeShare, takeShots } from './train/shots.ts';
export {
  buildTipAdapter,
  type ClassDirections,
  type TipAdapter,
  type TipAdapterOptions,
  tipAdapterLogits,
} from './train/tip-adapter.ts';
export { searchTipAdapter, type TipTrial } from './train/tip-search.ts';
export { ownParameters, type Trained } from './train/trained.ts';
export type { Progress, TrainingState } from './train/training-state.ts';
export { type EmbeddedPairs, type Validation, validate } from './train/validate.ts';
export { WeightAverage } from './train/weight-average.ts';
export { isTrainedPart, type TrainedPart, trainedParts } from './train/what-is-trained.ts';
export { interpolateClips } from './train/wise-ft.ts';
