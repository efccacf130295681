import type { Classifier } from '../classify/classifier.ts';
import { percent } from '../evaluate/percent.ts';
import { type Share, share } from '../evaluate/shares.ts';
import { evaluateZeroShot } from '../evaluate/zero-shot.ts';
import { fitLinearProbe } from '../train/linear-probe.ts';
import { measureProbe, type Probe } from '../train/predict-probe.ts';
import { type LabelledFeatures, type SweepTrial, sweepLinearProbe } from '../train/probe-sweep.ts';
import { buildTipAdapter, unitVector } from '../train/tip-adapter.ts';
import { searchTipAdapter } from '../train/tip-search.ts';
import type { SetName } from './probe-data.ts';
import type { ProbeCommand } from './probe-options.ts';

/** The embedded pictures of each set. */
export type FeatureSets = { training: LabelledFeatures } & Partial<Record<SetName, LabelledFeatures>>;

/** What a probe and the words alone get right of a set. */
export type Compared = { set: SetName; count: number; probe: Share; zeroShot: Share };

/** A probe, how it was chosen, and what it gives. */
export type FittedProbe = {
  probe: Probe;
  sweep?: SweepTrial[];
  isConverged?: boolean;
  compared: Compared[];
};

/**
 * Makes the probe that was asked for and measures it beside zero-shot classification: on validation and test pictures, and where there
 * are neither on those that it was made from.
 * @param zeroShot the classes in words
 */
export async function fitProbe(
  sets: FeatureSets,
  zeroShot: Classifier,
  logitScale: number,
  { method, c }: Pick<ProbeCommand, 'method' | 'c'>,
): Promise<FittedProbe> {
  const { validation, training, test } = sets;
  const compare = (set: SetName, { features, labels }: LabelledFeatures, right: number): Compared => {
    const embeddings = features.map(unitVector);
    const { answers } = evaluateZeroShot({ embeddings, labels }, zeroShot, logitScale);
    const byWords = answers.filter(({ isCorrect }) => isCorrect).length;
    const count = labels.length;
    return { set, count, probe: share(right, count), zeroShot: share(byWords, count) };
  };
  const rightOf = (probe: Probe, { features, labels }: LabelledFeatures) => measureProbe(features, labels, probe).right;

  const { probe, chosen, ...how } =
    method === 'linear' ? await fitLinear(sets, zeroShot.classNames, c) : adapt(sets, zeroShot, logitScale);
  const compared = [
    ...(validation ? [compare('validation', validation, chosen ?? rightOf(probe, validation))] : []),
    ...(test ? [compare('test', test, rightOf(probe, test))] : []),
  ];
  if (compared.length === 0) compared.push(compare('training', training, rightOf(probe, training)));
  return { probe, ...how, compared };
}

/** `chosen`: what the one with the best C got right of the validation pictures, before it was fitted to them, too (CLIP, appendix A.3). */
async function fitLinear({ training, validation }: FeatureSets, classes: readonly string[], c: number | undefined) {
  if (!validation) {
    const fit = await fitLinearProbe(training.features, training.labels, { classes, ...(c !== undefined && { c }) });
    return { probe: fit, isConverged: fit.isConverged };
  }
  const { best, trials } = await sweepLinearProbe(training, validation, {
    classes,
    onTrial: (trial, done, total) =>
      console.error(
        `${done}/${total}: C ${Number(trial.c.toPrecision(3))} gets ${percent(trial.accuracy, 1)} of the validation pictures right (${trial.iterations} iterations)`,
      ),
  });
  const features = [...training.features, ...validation.features];
  const fit = await fitLinearProbe(features, [...training.labels, ...validation.labels], { classes, c: best.c });
  return { probe: fit, isConverged: fit.isConverged, sweep: trials, chosen: best.right };
}

function adapt({ training, validation }: FeatureSets, zeroShot: Classifier, logitScale: number) {
  const adapter = buildTipAdapter(zeroShot, training.features, training.labels, { logitScale });
  return { probe: validation ? searchTipAdapter(adapter, validation).adapter : adapter, chosen: undefined };
}
