import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import { assertShape } from '../errors.ts';
import { backward, forward, type Named, type Pass, type Project } from './backward.ts';
import {
  chunksOf,
  fixedAhead,
  type Job,
  pictureSide,
  type Side,
  type TensorBatch,
  textSide,
  unitRows,
  type Way,
} from './batch-sides.ts';
import { infoNceLoss } from './loss.ts';
import { type FixedTowers, trainedParameters } from './trained-parameters.ts';

export type GradientOptions = {
  /** How many pairs go through the towers at once: all, if left out. It changes memory and time, not the result. */
  chunkSize?: number | undefined;
  /** Whether blocks are computed a second time in the backward pass (the default), or all their values are kept. */
  recompute?: boolean | undefined;
  /** Which parameters get a gradient, by name: all, if left out. What is not trained costs nothing behind it. */
  trainable?: ((name: string) => boolean) | undefined;
  /** What is kept of a parameter's gradient: the gradient itself, if left out. */
  project?: Project | undefined;
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
  const trained = trainedParameters(clip, options.trainable, givenTowers(batch));
  const size = checkBatch(clip, batch);
  const { chunkSize = size, recompute = true, project } = options;
  if (!(Number.isSafeInteger(chunkSize) && chunkSize > 0))
    throw new RangeError(`Cannot train: expected chunkSize to be a positive integer but got ${chunkSize}`);
  const { loss, ...gradients } = tf.tidy(() => {
    const isOneTape = !recompute && chunkSize >= size;
    if (isOneTape) return taped(clip, fixedAhead(clip, batch, trained), trained, project);
    return cached(clip, batch, trained, { chunkSize: Math.min(chunkSize, size), recompute, project });
  });
  return { loss: loss as tf.Scalar, gradients: new Map(Object.entries(gradients)) };
}

/** The towers whose unit vectors a batch has. */
function givenTowers(batch: TensorBatch): FixedTowers {
  return { image: 'imageEmbeds' in batch, text: 'textEmbeds' in batch };
}

/** @returns how many pairs there are */
function checkBatch(clip: Clip, batch: TensorBatch): number {
  const { embedDim } = clip.config;
  const action = (kind: string) => `Cannot train: expected unit vectors of ${kind}`;
  if ('pixels' in batch) clip.visualFor(batch.pixels);
  else assertShape(action('pictures'), batch.imageEmbeds.shape, ['batch', embedDim]);
  if ('ids' in batch) clip.textFor(batch.ids);
  else assertShape(action('texts'), batch.textEmbeds.shape, ['batch', embedDim]);
  const [images] = ('pixels' in batch ? batch.pixels : batch.imageEmbeds).shape;
  const [texts] = ('ids' in batch ? batch.ids : batch.textEmbeds).shape;
  if (images !== texts)
    throw new TypeError(`Cannot train: expected a text for each picture but got ${images} pictures and ${texts} texts`);
  return images;
}

/** Gradients by name, and the loss: a record, because tf.tidy looks into records. */
type Result = Record<string, tf.Tensor>;

/** The plain way: one tape over all that is trained. It computes least and keeps most. */
function taped(clip: Clip, batch: TensorBatch, trained: ReadonlyMap<string, tf.Tensor>, project?: Project): Result {
  const names = [...trained.keys()];
  const images = once(isTrained(names, 'visual.'), () =>
    'pixels' in batch ? unitRows(clip.encodeImage(batch.pixels)) : batch.imageEmbeds,
  );
  const texts = once(isTrained(names, 'text.'), () =>
    'ids' in batch ? unitRows(clip.encodeText(batch.ids)) : batch.textEmbeds,
  );
  const run = () => infoNceLoss(images(), texts(), tf.exp(logScaleOf(clip)), batch.concepts);
  const { value, grads } = tf.valueAndGrads(run)([...trained.values()]);
  const gradients = names.map((name, index): [string, tf.Tensor] => [name, grads[index] as tf.Tensor]);
  return {
    loss: value,
    ...Object.fromEntries(project ? gradients.flatMap((gradient) => project(...gradient)) : gradients),
  };
}

function isTrained(names: readonly string[], tower: 'visual.' | 'text.'): boolean {
  return names.some((name) => name.startsWith(tower));
}

/** What is not trained is computed before the tape begins, for a tape keeps what it sees. */
function once<T>(isTaped: boolean, compute: () => T): () => T {
  if (isTaped) return compute;
  const value = compute();
  return () => value;
}

function cached(clip: Clip, batch: TensorBatch, trained: ReadonlyMap<string, tf.Tensor>, way: Way): Result {
  const { chunkSize, recompute } = way;
  const images = pictureSide(clip, batch, way);
  const texts = textSide(clip, batch, way);

  const isKept = !recompute || Math.max(images.jobs.length, texts.jobs.length) <= 1; // then the first pass serves the backward pass too
  const embed = ({ segments, input }: Job) => forward(segments, input, isKept ? trained : new Map());
  const imagePasses = images.jobs.map(embed);
  const textPasses = texts.jobs.map(embed);

  const features = [images.features(imagePasses), texts.features(textPasses)] as const; // 2 x [batch, embedDim]
  const logScale = logScaleOf(clip);
  const unitImages = 'pixels' in batch ? unitRows : asIs;
  const unitTexts = 'ids' in batch ? unitRows : asIs;
  // CLIP, Figure 3, from the features to the loss
  const lossOf = () => infoNceLoss(unitImages(features[0]), unitTexts(features[1]), tf.exp(logScale), batch.concepts);
  const { value: loss, grads } = tf.valueAndGrads(lossOf)([...features, logScale]);
  const [dImages, dTexts, dLogScale] = grads as [tf.Tensor2D, tf.Tensor2D, tf.Scalar];

  const gradients: Named = new Map(trained.has('logitScale') ? [['logitScale', dLogScale]] : []);
  const goBack = ({ jobs }: Side, passes: readonly Pass[], dFeatures: tf.Tensor2D) => {
    const dChunks = chunksOf(dFeatures, chunkSize);
    for (const [index, { segments, input }] of jobs.entries()) {
      if (![...trained.keys()].some((name) => segments.some(({ has }) => has(name)))) continue; // a frozen tower
      const pass = isKept ? (passes[index] as Pass) : forward(segments, input, trained);
      backward(segments, pass, dChunks[index] as tf.Tensor2D, trained, gradients, way.project);
    }
  };
  goBack(images, imagePasses, dImages);
  goBack(texts, textPasses, dTexts);
  return { loss, ...Object.fromEntries(gradients) };
}

/** Unit vectors as they were given: once more to unit length, their last bits would change. */
const asIs = (rows: tf.Tensor2D) => rows;

function logScaleOf(clip: Clip): tf.Scalar {
  return clip.parameters.get('logitScale') as tf.Scalar;
}
