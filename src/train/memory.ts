import * as tf from '@tensorflow/tfjs';
import type { ClipConfig, ResNetConfig, TextConfig, TransformerConfig, VitConfig } from '../config.ts';
import { fusedKernels } from '../nn/fused-kernels.ts';
import { isStatistic, parameterShapes } from '../parameters.ts';
import type { GradientOptions } from './contrastive-gradients.ts';
import { type LockedTowers, lockedTowers } from './locked-towers.ts';
import { isAfterBlocks } from './what-is-trained.ts';

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
  /** Where what is trainable changes by products of this rank (LoRA). */
  loraRank?: number;
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
 * blocks do; of a tower that is not trained, one block without its way back. The optimiser works on one parameter at a time with 13 copies of it.
 */
export function trainingMemory(question: MemoryQuestion): TrainingMemory {
  const { weights, trained, gradients, largest } = weightNumbers(question);
  const fixed = bytesPerNumber * (weights + trained * (3 + Number(question.hasAverage)));
  const work = margin * bytesPerNumber * Math.max(towerNumbers(question) + gradients, 13 * largest);
  return { fixed, work, total: fixed + work };
}

/**
 * Numbers of weights, copies included; of what is trained; of gradients that are there for the way back alone; of the largest trained
 * tensor. LoRA trains two matrices for each kernel, and keeps the kernel twice; the kernel's own gradient goes as soon as
 * it is projected on them: on one tape all of these are there at once, else those of a block, which has gradients of all it holds.
 */
function weightNumbers({ config, trainable, loraRank, backend, recompute }: MemoryQuestion) {
  let [weights, trained, largest, projected] = [0, 0, 0, 0];
  const blocks = new Map<string, number>();
  const trainedBlocks = new Set<string>();
  for (const [name, shape] of parameterShapes(config)) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const isPacked = backend === 'wasm' && shape.length === 2 && !/(token|positional)Embedding$/.test(name);
    weights += isPacked ? 2 * size : size; // XNNPACK keeps a copy of what it has multiplied with
    const block = blockKey(name);
    blocks.set(block, (blocks.get(block) ?? 0) + size);
    if (isStatistic(name) || !trainable(name)) continue;
    trainedBlocks.add(block);
    const matrices = loraRank === undefined ? [size] : shape.map((extent) => loraRank * extent);
    if (loraRank !== undefined) {
      weights += size + matrices.reduce((sum, length) => sum + length);
      projected += size;
    }
    trained += matrices.reduce((sum, length) => sum + length);
    largest = Math.max(largest, ...matrices);
  }
  const largestBlock = Math.max(0, ...Array.from(trainedBlocks, (block) => blocks.get(block) as number));
  const gradients = loraRank === undefined ? 0 : recompute ? largestBlock : projected;
  return { weights, trained, gradients, largest };
}

/** `visual.resblocks.3` of all that is in that block. */
function blockKey(name: string): string {
  return name.split('.', 3).join('.');
}

/** Numbers that the towers keep, the larger of the two: one goes back after the other. Of a tower that is not trained, one block's. */
function towerNumbers(question: MemoryQuestion): number {
  const { config, chunkSize, recompute, batchSize, backend, trainable } = question;
  const { vision, text } = config;
  const isFused = tf.getKernel(fusedKernels.attend, backend) !== undefined;
  const chunk = Math.min(chunkSize, batchSize);
  const locked = lockedTowers(config, trainable);
  const way = (tower: keyof LockedTowers) => ({ chunk, recompute, isFused, isTrained: !locked[tower] });
  const images = !vision
    ? 0
    : vision.kind === 'vit'
      ? transformerNumbers(vision, way('image'))
      : resNetNumbers(vision, way('image'));
  const texts = text ? transformerNumbers(text, way('text')) : 0;
  const pixels = 3 * batchSize * 3 * (vision?.imageSize ?? 0) ** 2;
  return pixels + (recompute ? Math.max(images, texts) : images + texts);
}

/** How a tower is computed. */
type Way = { chunk: number; recompute: boolean; isFused: boolean; isTrained: boolean };

function transformerNumbers(tower: VitConfig | TextConfig, way: Way): number {
  const { chunk, recompute, isTrained } = way;
  const seq = 'contextLength' in tower ? tower.contextLength : 1 + (tower.imageSize / tower.patchSize) ** 2;
  const block = blockNumbers(tower, way, seq);
  const state = chunk * seq * tower.width;
  if (!isTrained) return block + 4 * state;
  return recompute ? block + (tower.layers + 1) * state : tower.layers * block + 20 * state; // 20: where it begins and ends
}

function blockNumbers(
  { width, heads, mlpWidth, activation }: TransformerConfig,
  { chunk, isFused, isTrained }: Way,
  seq: number,
): number {
  const [state, scores, hidden] = [chunk * seq * width, chunk * heads * seq ** 2, chunk * seq * mlpWidth];
  if (!isTrained) return isFused ? 10 * state + 2 * hidden : 25 * state + 4 * scores + 8 * hidden;
  if (isFused) return 20 * state + 5 * hidden;
  return 95 * state + 7 * scores + (activation === 'gelu' ? 24 : 16) * hidden;
}

/** Counted in maps of the stem's last convolution, the largest. */
function resNetNumbers({ imageSize, width, layers }: ResNetConfig, { chunk, recompute, isTrained }: Way): number {
  const map = chunk * (imageSize / 2) ** 2 * width;
  const bottlenecks = layers.reduce((sum, count, stage) => sum + count / 2 ** stage, 0);
  if (!isTrained) return 12 * map;
  return recompute ? 47 * map : (84 + 23 * bottlenecks) * map;
}

/** How to compute gradients in a given memory. */
export type TrainingPlan = { chunkSize: number; recompute: boolean; memory: TrainingMemory; fits: boolean };

/**
 * The fastest way that fits: all on one tape, where more is trained than stands behind the blocks; else block by block; else block by block, in ever smaller chunks. What the user
 * has chosen stays.
 * @param available bytes; weights that are in memory already count as available
 */
export function planTraining(
  question: Omit<MemoryQuestion, 'chunkSize' | 'recompute'> & Pick<GradientOptions, 'chunkSize' | 'recompute'>,
  available: number,
): TrainingPlan {
  const { batchSize } = question;
  const modes = isDeep(question) ? [{ chunkSize: batchSize, recompute: false }] : [];
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

/** Whether something is trained that a way back through blocks leads to: without that, nothing would be computed twice. */
function isDeep({ config, trainable }: Pick<MemoryQuestion, 'config' | 'trainable'>): boolean {
  return [...parameterShapes(config).keys()].some(
    (name) => !isStatistic(name) && trainable(name) && !isAfterBlocks(name),
  );
}
