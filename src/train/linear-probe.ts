import * as tf from '@tensorflow/tfjs';
import { minimise } from './lbfgs.ts';
import { logisticObjective } from './logistic-objective.ts';
import { checkProbeData } from './probe-data.ts';

/** A linear classifier of image features. Plain data, so it can be kept. */
export type LinearProbe = {
  method: 'linear';
  classNames: readonly string[];
  /** One row [embedDim] per class. */
  weights: readonly Float32Array[];
  /** [classes] */
  biases: Float32Array;
  /** What it was fitted with. */
  c: number;
};

export type LinearProbeOptions = {
  /** The names of the classes; labels are places in it. */
  classes: readonly string[];
  /** Inverse strength of the penalty, above 0; 0.316, OpenAI's for ImageNet, by default. Best found by `sweepLinearProbe`. */
  c?: number;
  /** 1,000 by default. */
  maxIterations?: number;
  /** It is done where no entry of the gradient is larger; 1e-4 by default, as in scikit-learn. */
  tolerance?: number;
  onIteration?: (iteration: number, loss: number) => void;
  /** Stops between iterations by throwing the signal's reason. */
  signal?: AbortSignal;
};

/** `isConverged` false: more iterations would have changed it. */
export type LinearProbeFit = LinearProbe & { iterations: number; isConverged: boolean };

/** What the CLIP repository's README gives to scikit-learn. */
export const defaultC = 0.316;

/**
 * Fits a linear probe: multinomial logistic regression on a frozen tower's features, the recipe of the CLIP paper (section 3.2,
 * appendix A.3). Same objective as scikit-learn's `LogisticRegression(C=c)`: C · the summed cross-entropy and half the squared
 * weights; biases cost nothing. For two classes scikit-learn fits one row, which is the second less the first of ours.
 *
 * The features belong to the tower as they are, not scaled to unit length (`embedImages` with `unit: false`): with
 * unit vectors the same C is a far stronger penalty. The paper takes them before the projection, OpenAI's example after it, as here. Takes rows · (embedDim + 1) · 4 bytes, and rows · classes · 20.
 * @param features one row [embedDim] per picture
 * @param labels which class each shows, every class at least once
 * @throws TypeError, RangeError on features and labels that do not fit together, or that are not finite
 */
export async function fitLinearProbe(
  features: readonly Float32Array[],
  labels: readonly number[],
  { classes, c = defaultC, maxIterations = 1000, tolerance = 1e-4, ...options }: LinearProbeOptions,
): Promise<LinearProbeFit> {
  const width = checkProbeData('fit a linear probe', features, labels, classes);
  if (!(c > 0 && Number.isFinite(c)))
    throw new RangeError(`Cannot fit a linear probe: expected c above 0 but got ${c}; 0.316 is OpenAI's`);
  const classCount = classes.length;
  const table = withOnes(features, width);
  try {
    // LinearModelLoss of scikit-learn: a mean, so the penalty is divided by the rows, too. A binary fit's row is the
    // difference of two opposite ones, whose squares sum to half of its own.
    const penalty = (classCount === 2 ? 2 : 1) / (c * features.length);
    const objective = logisticObjective({ features: table, labels, classCount, penalty });
    const start = new Float64Array((width + 1) * classCount);
    const { point, iterations, isConverged } = await minimise(objective, start, {
      maxIterations,
      tolerance,
      ...options,
    });
    const entry = (row: number, place: number) => point[row * classCount + place] as number;
    const weights = classes.map((_, place) => Float32Array.from({ length: width }, (_, row) => entry(row, place)));
    const biases = Float32Array.from(classes, (_, place) => entry(width, place));
    return { method: 'linear', classNames: [...classes], weights, biases, c, iterations, isConverged };
  } finally {
    table.dispose();
  }
}

/** @returns [rows, width + 1], the last column 1 */
function withOnes(features: readonly Float32Array[], width: number): tf.Tensor2D {
  const table = new Float32Array(features.length * (width + 1)).fill(1);
  for (const [row, feature] of features.entries()) table.set(feature, row * (width + 1));
  return tf.tensor2d(table, [features.length, width + 1]);
}
