import { cosinesOf } from '../cosines.ts';
import { checkProbeData } from './probe-data.ts';

/** A zero-shot classifier and a cache of labelled pictures beside it. Plain data, so it can be kept. */
export type TipAdapter = {
  method: 'tip-adapter';
  classNames: readonly string[];
  /** A zero-shot classifier's unit vectors [embedDim], one per class. */
  directions: readonly Float32Array[];
  /** The multiplier of their cosines, the model's `logitScale`. */
  logitScale: number;
  /** Unit vectors [embedDim] of the pictures in the cache. */
  keys: readonly Float32Array[];
  /** The place of each one's class. */
  labels: readonly number[];
  /** How much the cache says beside the words; 0: nothing. */
  alpha: number;
  /** How near to a picture of the cache another must be; 0: each counts alike. */
  beta: number;
};

/** The classes in words: `buildClassifier` makes it. */
export type ClassDirections = { classNames: readonly string[]; weights: readonly Float32Array[] };

export type TipAdapterOptions = {
  /** The model's `clip.logitScale`. */
  logitScale: number;
  /** From 0; 1.17 by default. */
  alpha?: number;
  /** From 0; 1 by default. Both are best found by `searchTipAdapter`. */
  beta?: number;
};

/** Where the authors begin for ImageNet with 16 pictures per class (github.com/gaopengcuhk/Tip-Adapter, configs/imagenet.yaml). */
const published = { alpha: 1.17, beta: 1 };

/**
 * Makes a Tip-Adapter (Zhang et al. 2022): nothing is trained, a handful of pictures per class are kept beside the words.
 * @param features one row [embedDim] per picture, of any length: each is scaled to 1
 * @param labels places in the classifier's `classNames`, every class at least once
 * @throws TypeError, RangeError on what does not fit together
 */
export function buildTipAdapter(
  { classNames, weights }: ClassDirections,
  features: readonly Float32Array[],
  labels: readonly number[],
  { logitScale, alpha = published.alpha, beta = published.beta }: TipAdapterOptions,
): TipAdapter {
  const action = 'build a Tip-Adapter';
  const width = checkProbeData(action, features, labels, classNames);
  if (weights.length !== classNames.length || weights.some((row) => row.length !== width))
    throw new TypeError(
      `Cannot ${action}: expected a direction of width ${width} for each of ${classNames.length} classes but got ${weights.length} of width ${weights[0]?.length}; build the classifier with the model of the pictures`,
    );
  for (const [name, value] of Object.entries({ logitScale, alpha, beta }))
    if (!(value >= 0 && Number.isFinite(value)))
      throw new RangeError(`Cannot ${action}: expected ${name} from 0 but got ${value}; leave alpha and beta out`);
  const keys = features.map(unitVector);
  return { method: 'tip-adapter', classNames, directions: weights, logitScale, keys, labels, alpha, beta };
}

/** Scores of the classes, float64 [classes]. @param feature [embedDim], of any length */
export function tipAdapterLogits(feature: Float32Array, adapter: TipAdapter): Float64Array {
  const { directions, logitScale, keys, labels, alpha, beta } = adapter;
  const unit = unitVector(feature);
  const logits = cosinesOf(unit, directions).map((cosine) => logitScale * cosine);
  addCache(logits, cosinesOf(unit, keys), labels, alpha, beta);
  return logits;
}

/** Adds alpha · exp(-beta (1 - cosine)) of each picture in the cache to its class (Zhang et al. 2022, equations 4 and 5). */
export function addCache(
  logits: Float64Array,
  cosines: Float64Array,
  labels: readonly number[],
  alpha: number,
  beta: number,
): void {
  for (const [key, place] of labels.entries())
    logits[place] = (logits[place] as number) + alpha * Math.exp(-beta * (1 - (cosines[key] as number)));
}

/** A vector scaled to unit length. */
export function unitVector(feature: Float32Array): Float32Array {
  const length = Math.hypot(...feature);
  return length > 0 ? feature.map((entry) => entry / length) : feature;
}
