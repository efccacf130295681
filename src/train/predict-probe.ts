import { softmax } from '../softmax.ts';
import type { LinearProbe } from './linear-probe.ts';
import { type TipAdapter, tipAdapterLogits } from './tip-adapter.ts';

/** A classifier that was made from labelled pictures. */
export type Probe = LinearProbe | TipAdapter;

/** What a probe says of pictures, and how that compares with their labels. */
export type ProbeFigures = { right: number; accuracy: number; loss: number };

/**
 * The probabilities of a probe's classes, scikit-learn's `predict_proba`.
 * @param features one row [embedDim] per picture, as the tower gives it; a Tip-Adapter scales it to unit length itself
 * @returns one row [classes] per picture, in the order of `classNames`
 * @throws RangeError on features of another width
 */
export function predictProbe(features: readonly Float32Array[], probe: Probe): Float64Array[] {
  return features.map((feature) => softmax(probeLogits(feature, probe), 1));
}

/** How often the most probable class is the right one, and the mean cross-entropy. @param labels places in `classNames` */
export function measureProbe(features: readonly Float32Array[], labels: readonly number[], probe: Probe): ProbeFigures {
  let [right, loss] = [0, 0];
  for (const [picture, probabilities] of predictProbe(features, probe).entries()) {
    const label = labels[picture] as number;
    if (probabilities.indexOf(Math.max(...probabilities)) === label) right++;
    loss -= Math.log(Math.max(probabilities[label] as number, Number.MIN_VALUE)) / labels.length;
  }
  return { right, accuracy: right / labels.length, loss };
}

function probeLogits(feature: Float32Array, probe: Probe): Float64Array {
  const width = (probe.method === 'linear' ? probe.weights : probe.directions)[0]?.length;
  if (feature.length !== width)
    throw new RangeError(
      `Cannot use a probe: expected features of width ${width} but got ${feature.length}; embed with the model that it was made with`,
    );
  return probe.method === 'linear' ? linearLogits(feature, probe) : tipAdapterLogits(feature, probe);
}

function linearLogits(feature: Float32Array, { weights, biases }: LinearProbe): Float64Array {
  return Float64Array.from(weights, (row, place) => {
    let sum = biases[place] as number;
    for (let i = 0; i < row.length; i++) sum += (row[i] as number) * (feature[i] as number);
    return sum;
  });
}
