import { type BadPlace, type LabelledPicture, readLabelledPictures } from '../node/labelled-pictures.ts';
import { takeShare, takeShots } from '../train/shots.ts';
import { labelsOf, refuseUnfitLabels } from './evaluate-labels.ts';
import type { ProbeCommand } from './probe-options.ts';
import { asUsage, UsageError } from './usage.ts';

export const setNames = ['training', 'validation', 'test'] as const;
export type SetName = (typeof setNames)[number];

/** Labelled pictures for each purpose; a set that was not asked for is not there. */
export type ProbeSets = { training: LabelledPicture[] } & Partial<Record<SetName, LabelledPicture[]>>;

export type ProbeData = { classes: string[]; sets: ProbeSets; bad: BadPlace[] };

const action = 'Cannot make a probe';

/**
 * Reads the pictures, takes validation pictures and shots from them, and refuses what would make no sense, before a model is loaded.
 * @throws UsageError
 */
export async function readProbeData(options: ProbeCommand): Promise<ProbeData> {
  const { data, val, valShare, test, shots, seed, imageColumn, labelColumn } = options;
  const columns = { ...(imageColumn && { imageColumn }), ...(labelColumn && { labelColumn }) };
  const bad: BadPlace[] = [];
  const read = async (source: string) => {
    const found = await asUsage(() => readLabelledPictures(source, columns));
    bad.push(...found.bad);
    return found.pictures;
  };
  const sets: ProbeSets = { training: await read(data) };
  const classes = labelsOf(sets.training);
  if (val !== undefined) sets.validation = await read(val);
  if (test !== undefined) sets.test = await read(test);
  for (const pictures of Object.values(sets)) await refuseUnfitLabels(pictures, classes, action);
  if (valShare !== undefined) {
    const { taken, rest } = takeShare(sets.training.map(labelOf), valShare, seed);
    if (taken.length === 0)
      throw new UsageError(
        `${action}: expected a class with two pictures at least, for --val-share takes of each but its last; leave it out, or name others by --val`,
      );
    sets.validation = taken.map((place) => sets.training[place] as LabelledPicture);
    sets.training = rest.map((place) => sets.training[place] as LabelledPicture);
  }
  if (shots !== undefined) {
    const { taken } = takeShots(sets.training.map(labelOf), shots, seed);
    sets.training = taken.map((place) => sets.training[place] as LabelledPicture);
  }
  refuseShared(sets);
  return { classes, sets, bad };
}

/** A picture that is learnt from says nothing of how well was learnt. */
function refuseShared(sets: ProbeSets): void {
  const seen = new Map<string, SetName>();
  for (const name of setNames)
    for (const { path } of sets[name] ?? []) {
      const before = seen.get(path);
      if (before !== undefined && before !== name)
        throw new UsageError(
          `${action}: ${path} is a ${before} picture and a ${name} picture; take it out of one of them, or the figures flatter`,
        );
      seen.set(path, name);
    }
}

const labelOf = ({ label }: LabelledPicture) => label;
