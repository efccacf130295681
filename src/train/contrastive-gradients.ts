import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import { backward, forward, type Named, type Pass } from './backward.ts';
import { type Concepts, infoNceLoss } from './loss.ts';
import { imageSegments, merge, type Segment, textSegments } from './segments.ts';
import { trainedParameters } from './trained-parameters.ts';

/** Pairs as the towers take them: row i of the ids belongs to picture i. */
export type TensorBatch = {
  /** float32 [batch, imageSize, imageSize, 3], normalised */
  pixels: tf.Tensor4D;
  /** int32 [batch, seq] */
  ids: tf.Tensor2D;
  concepts?: Concepts | undefined;
};

export type GradientOptions = {
  /** How many pairs go through the towers at once: all, if left out. It changes memory and time, not the result. */
  chunkSize?: number | undefined;
  /** Whether blocks are computed a second time in the backward pass (the default), or all their values are kept. */
  recompute?: boolean | undefined;
  /** Which parameters get a gradient, by name: all, if left out. What is not trained costs nothing behind it. */
  trainable?: ((name: string) => boolean) | undefined;
};

/** `gradients` by parameter name, `logitScale` (by the logarithm) among them. All tensors are the caller's to dispose. */
export type ContrastiveGradients = { loss: tf.Scalar; gradients: Named };

/**
 * The loss of a batch and its gradients. Every picture is compared with every text, but the towers see a chunk at a time
 * (GradCache, Gao et al. 2021): 1. embed all chunks, without a tape; 2. differentiate the loss by the embeddings; 3. for
 * each chunk, from its embeddings' derivative back to the weights. The result is that of one large pass.
 * @throws TypeError on tensors that the towers do not take, ModelError as `trainedParameters` does
 */
export function contrastiveGradients(
  clip: Clip,
  batch: TensorBatch,
  options: GradientOptions = {},
): ContrastiveGradients {
  const trained = trainedParameters(clip, options.trainable);
  const size = checkBatch(clip, batch);
  const { chunkSize = size, recompute = true } = options;
  if (!(Number.isSafeInteger(chunkSize) && chunkSize > 0))
    throw new RangeError(`Cannot train: expected chunkSize to be a positive integer but got ${chunkSize}`);
  const { loss, ...gradients } = tf.tidy(() => {
    const isOneTape = !recompute && chunkSize >= size;
    return isOneTape ? taped(clip, batch, trained) : cached(clip, batch, trained, Math.min(chunkSize, size), recompute);
  });
  return { loss: loss as tf.Scalar, gradients: new Map(Object.entries(gradients)) };
}

/** @returns how many pairs there are */
function checkBatch(clip: Clip, { pixels, ids }: TensorBatch): number {
  clip.visualFor(pixels);
  clip.textFor(ids);
  const [images] = pixels.shape;
  const [texts] = ids.shape;
  if (images !== texts)
    throw new TypeError(`Cannot train: expected a text for each picture but got ${images} pictures and ${texts} texts`);
  return images;
}

/** Gradients by name, and the loss: a record, because tf.tidy looks into records. */
type Result = Record<string, tf.Tensor>;

/** The plain way: one tape over everything. It computes least and keeps most. */
function taped(clip: Clip, { pixels, ids, concepts }: TensorBatch, trained: ReadonlyMap<string, tf.Tensor>): Result {
  const names = [...trained.keys()];
  const run = () => featureLoss(clip.encodeImage(pixels), clip.encodeText(ids), logScaleOf(clip), concepts);
  const { value, grads } = tf.valueAndGrads(run)([...trained.values()]);
  return { loss: value, ...Object.fromEntries(names.map((name, index) => [name, grads[index] as tf.Tensor])) };
}

/** A chunk on its way through its tower. */
type Job = { segments: readonly Segment[]; input: tf.Tensor };

function cached(
  clip: Clip,
  { pixels, ids, concepts }: TensorBatch,
  trained: ReadonlyMap<string, tf.Tensor>,
  chunkSize: number,
  recompute: boolean,
): Result {
  const inPieces = (segments: Segment[]) => (recompute ? segments : [merge(segments)]);
  const visual = clip.visualFor(pixels);
  const text = clip.textFor(ids);
  const images = chunksOf(pixels, chunkSize).map((input) => ({ input, segments: inPieces(imageSegments(visual)) }));
  const texts = chunksOf(ids, chunkSize).map((input) => ({ input, segments: inPieces(textSegments(text, input)) }));

  const isKept = images.length === 1 || !recompute; // then the first pass serves the backward pass too
  const embed = ({ segments, input }: Job) => forward(segments, input, isKept ? trained : new Map());
  const imagePasses = images.map(embed);
  const textPasses = texts.map(embed);

  const features = [featuresOf(imagePasses), featuresOf(textPasses)] as const; // 2 x [batch, embedDim]
  const logScale = logScaleOf(clip);
  const lossOf = () => featureLoss(...features, logScale, concepts);
  const { value: loss, grads } = tf.valueAndGrads(lossOf)([...features, logScale]);
  const [dImages, dTexts, dLogScale] = grads as [tf.Tensor2D, tf.Tensor2D, tf.Scalar];

  const gradients: Named = new Map(trained.has('logitScale') ? [['logitScale', dLogScale]] : []);
  const goBack = (jobs: readonly Job[], passes: readonly Pass[], dFeatures: tf.Tensor2D) => {
    const dChunks = chunksOf(dFeatures, chunkSize);
    for (const [index, { segments, input }] of jobs.entries()) {
      if (![...trained.keys()].some((name) => segments.some(({ has }) => has(name)))) continue; // a frozen tower
      const pass = isKept ? (passes[index] as Pass) : forward(segments, input, trained);
      backward(segments, pass, dChunks[index] as tf.Tensor2D, trained, gradients);
    }
  };
  goBack(images, imagePasses, dImages);
  goBack(texts, textPasses, dTexts);
  return { loss, ...Object.fromEntries(gradients) };
}

/** Rows `chunkSize` at a time; the last chunk may be smaller. */
function chunksOf<T extends tf.Tensor>(x: T, chunkSize: number): T[] {
  const [rows = 0, ...rest] = x.shape;
  if (chunkSize >= rows) return [x];
  const zeros = rest.map(() => 0);
  return Array.from({ length: Math.ceil(rows / chunkSize) }, (_, index) => {
    const begin = index * chunkSize;
    return tf.slice(x, [begin, ...zeros], [Math.min(chunkSize, rows - begin), ...rest]);
  });
}

/** @returns [batch, embedDim] */
function featuresOf(passes: readonly Pass[]): tf.Tensor2D {
  return tf.concat(passes.map(({ features }) => features));
}

/** The lines of CLIP's Figure 3 from the features to the loss. */
function featureLoss(
  images: tf.Tensor2D,
  texts: tf.Tensor2D,
  logScale: tf.Scalar,
  concepts: Concepts | undefined,
): tf.Scalar {
  return infoNceLoss(unitRows(images), unitRows(texts), tf.exp(logScale), concepts);
}

/** Rows scaled to length 1. The 1e-12 keeps the gradient of a row of zeros finite. */
function unitRows(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(rows, tf.rsqrt(tf.add(tf.sum(tf.square(rows), 1, true), 1e-12)));
}

function logScaleOf(clip: Clip): tf.Scalar {
  return clip.parameters.get('logitScale') as tf.Scalar;
}
