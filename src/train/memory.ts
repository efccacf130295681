import * as tf from '@tensorflow/tfjs';
import type { ClipConfig, ResNetConfig, TextConfig, TransformerConfig, VitConfig } from '../config.ts';
import { fusedKernels } from '../nn/fused-kernels.ts';
import { isStatistic, parameterShapes } from '../parameters.ts';
import type { GradientOptions } from './contrastive-gradients.ts';

/** Bytes of tensors at the moment when a step needs most. */
export type TrainingMemory = {
  /** Weights, gradients, the optimiser's two moments, the average. */
  fixed: number;
  /** What the towers keep for the backward pass, or the optimiser's own work: the larger of the two. */
  work: number;
  total: number;
};

/** What it depends on. */
export type MemoryQuestion = {
  chunkSize: number;
  recompute: boolean;
  config: ClipConfig;
  trainable: (name: string) => boolean;
  hasAverage: boolean;
  batchSize: number;
  backend: string;
};

const bytesPerNumber = 4;

/** For embeddings, the loss, and what is summed up. */
const margin = 1.1;

/**
 * How much memory training needs, from the shapes alone. In tfjs's own operators a block of a transformer takes 95·S + 7·P + 16·M
 * (with the exact GELU 24·M), where S = chunk · seq · width, P = chunk · heads · seq² and M = chunk · seq · mlpWidth numbers; in
 * fused ones 20·S + 5·M. Both were counted, and a test holds them. Computed block by block, one block and the states between blocks count; on one tape all
 * blocks do. The optimiser works on one parameter at a time with 13 copies of it.
 */
export function trainingMemory(question: MemoryQuestion): TrainingMemory {
  const { config, trainable, hasAverage, backend } = question;
  let [weights, trained, largest] = [0, 0, 0];
  for (const [name, shape] of parameterShapes(config)) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const isPacked = backend === 'wasm' && shape.length === 2 && !/(token|positional)Embedding$/.test(name);
    weights += isPacked ? 2 * size : size; // XNNPACK keeps a copy of what it has multiplied with
    if (isStatistic(name) || !trainable(name)) continue;
    trained += size;
    largest = Math.max(largest, size);
  }
  const fixed = bytesPerNumber * (weights + trained * (3 + Number(hasAverage)));
  const work = margin * bytesPerNumber * Math.max(towerNumbers(question), 13 * largest);
  return { fixed, work, total: fixed + work };
}

/** Numbers that the towers keep, the larger of the two: one goes back after the other. Of a tower that is not trained, one block's. */
function towerNumbers(question: MemoryQuestion): number {
  const { config, chunkSize, recompute, batchSize, backend, trainable } = question;
  const { vision, text } = config;
  const isFused = tf.getKernel(fusedKernels.attend, backend) !== undefined;
  const chunk = Math.min(chunkSize, batchSize);
  const names = [...parameterShapes(config).keys()].filter((name) => !isStatistic(name) && trainable(name));
  const isTrained = (prefix: string) => names.some((name) => name.startsWith(prefix));
  const keeps = { image: isTrained('visual.') && !recompute, text: isTrained('text.') && !recompute };
  const images = !vision
    ? 0
    : vision.kind === 'vit'
      ? transformerNumbers(vision, chunk, !keeps.image, isFused)
      : resNetNumbers(vision, chunk, !keeps.image);
  const texts = text ? transformerNumbers(text, chunk, !keeps.text, isFused) : 0;
  const pixels = 3 * batchSize * 3 * (vision?.imageSize ?? 0) ** 2;
  return pixels + (recompute ? Math.max(images, texts) : images + texts);
}

function transformerNumbers(
  tower: VitConfig | TextConfig,
  chunk: number,
  recompute: boolean,
  isFused: boolean,
): number {
  const seq = 'contextLength' in tower ? tower.contextLength : 1 + (tower.imageSize / tower.patchSize) ** 2;
  const block = blockNumbers(tower, chunk, seq, isFused);
  const state = chunk * seq * tower.width;
  return recompute ? block + (tower.layers + 1) * state : tower.layers * block + 20 * state; // 20: where it begins and ends
}

function blockNumbers(
  { width, heads, mlpWidth, activation }: TransformerConfig,
  chunk: number,
  seq: number,
  isFused: boolean,
): number {
  const [state, scores, hidden] = [chunk * seq * width, chunk * heads * seq ** 2, chunk * seq * mlpWidth];
  if (isFused) return 20 * state + 5 * hidden;
  return 95 * state + 7 * scores + (activation === 'gelu' ? 24 : 16) * hidden;
}

/** Counted in maps of the stem's last convolution, the largest. */
function resNetNumbers({ imageSize, width, layers }: ResNetConfig, chunk: number, recompute: boolean): number {
  const map = chunk * (imageSize / 2) ** 2 * width;
  const bottlenecks = layers.reduce((sum, count, stage) => sum + count / 2 ** stage, 0);
  return recompute ? 47 * map : (84 + 23 * bottlenecks) * map;
}

/** How to compute gradients in a given memory. */
export type TrainingPlan = { chunkSize: number; recompute: boolean; memory: TrainingMemory; fits: boolean };

/**
 * The fastest way that fits: all on one tape; else block by block; else block by block, in ever smaller chunks. What the user
 * has chosen stays.
 * @param available bytes; weights that are in memory already count as available
 */
export function planTraining(
  question: Omit<MemoryQuestion, 'chunkSize' | 'recompute'> & Pick<GradientOptions, 'chunkSize' | 'recompute'>,
  available: number,
): TrainingPlan {
  const { batchSize } = question;
  const modes = [{ chunkSize: batchSize, recompute: false }];
  for (let chunkSize = batchSize; chunkSize >= 1; chunkSize = Math.floor(chunkSize / 2))
    modes.push({ chunkSize, recompute: true });
  let plan: TrainingPlan | undefined;
  for (const mode of modes) {
    const { chunkSize = mode.chunkSize, recompute = mode.recompute } = question;
    const memory = trainingMemory({ ...question, chunkSize, recompute });
    plan = { chunkSize, recompute, memory, fits: memory.total <= available };
    if (plan.fits) return plan;
  }
  return plan as TrainingPlan;
}
