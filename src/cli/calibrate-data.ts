import { resolve } from 'node:path';
import type { ClassPrompts } from '../classify/class-prompts.ts';
import type { Wanted } from '../evaluate/fit-rejection.ts';
import { picturesForRate } from '../evaluate/sample-size.ts';
import { findPictures } from '../node/find-pictures.ts';
import { type BadPlace, readLabelledPictures } from '../node/labelled-pictures.ts';
import { type ClassOptions, readClassOptions, refuseUnfitPrompts } from './prompt-options.ts';
import { UsageError } from './usage.ts';

export type DataOptions = ClassOptions & {
  unknown?: string[];
  independent?: boolean;
  imageColumn?: string;
  labelColumn?: string;
};

/** Pictures with their classes, and pictures of none of them. */
export type CalibrationData = {
  classes: (string | ClassPrompts)[];
  /** What each picture shows, by path: places in `classes`, one unless labels are independent. */
  known: Map<string, number[]>;
  unknown: string[];
  bad: BadPlace[];
};

const action = 'Cannot calibrate';

/** What stands between labels of one picture. */
const separator = '|';

/**
 * Reads what is calibrated on, and refuses what would make no sense of it, before a model is loaded.
 * @throws UsageError
 */
export async function readCalibrationData(
  source: string,
  options: DataOptions,
  templates: readonly string[],
): Promise<CalibrationData> {
  const { imageColumn, labelColumn, independent = false } = options;
  const columns = { ...(imageColumn && { imageColumn }), ...(labelColumn && { labelColumn }) };
  const { pictures, bad } = await asUsage(readLabelledPictures(source, columns));
  const labelled = pictures.flatMap(({ path, label, place }) =>
    (independent ? label.split(separator) : [label]).map((one) => ({ path, place, label: one.trim() })),
  );
  const { labels, labelsFile, classesFile } = options;
  const areGiven = [labels, labelsFile, classesFile].some((option) => option !== undefined);
  const classes = areGiven
    ? await readClassOptions(options, action)
    : [...new Set(labelled.map(({ label }) => label))].sort();
  refuseUnfitPrompts(classes, templates, action);
  const known = placesOf(labelled, classes, independent, source);
  const unknown = await readUnknown(options.unknown ?? [], known, source);
  if (unknown.length === 0 && !independent)
    throw new UsageError(
      `${action}: expected pictures that show none of the classes; name files or folders by --unknown`,
    );
  return { classes, known, unknown, bad };
}

/** @throws UsageError on a label that is no class, a class without pictures, a picture of two classes */
function placesOf(
  labelled: readonly { path: string; place: string; label: string }[],
  classes: readonly (string | ClassPrompts)[],
  independent: boolean,
  source: string,
): Map<string, number[]> {
  const names = classes.map((entry) => (typeof entry === 'string' ? { name: entry } : entry));
  const places = new Map(
    names.flatMap((entry, place) => [entry.name, ...(entry.synonyms ?? [])].map((name) => [name, place] as const)),
  );
  const known = new Map<string, number[]>();
  for (const { path, place, label } of labelled) {
    const which = places.get(label);
    if (which === undefined)
      throw new UsageError(
        `${action}: the label '${label}' (${place} of ${source}) is none of the labels that are given; add it to them, or write it as they do`,
      );
    const before = known.get(path) ?? [];
    if (before.includes(which)) throw new UsageError(`${action}: ${path} has the label '${label}' twice (${place})`);
    if (before.length > 0 && !independent)
      throw new UsageError(
        `${action}: ${path} has the label '${label}' (${place}) and '${names[before[0] as number]?.name}'; where several may be true, use --independent`,
      );
    known.set(path, [...before, which]);
  }
  const used = new Set([...known.values()].flat());
  const empty = names.find((_, place) => !used.has(place));
  if (empty)
    throw new UsageError(
      `${action}: the class '${empty.name}' has no pictures in ${source}; add some, or take it off the labels`,
    );
  return known;
}

async function readUnknown(paths: readonly string[], known: ReadonlyMap<string, unknown>, source: string) {
  const found = await asUsage(findPictures(paths));
  const unknown = [...new Set(found.map(({ path }) => resolve(path)))];
  if (paths.length > 0 && unknown.length === 0)
    throw new UsageError(`${action}: there are no pictures in ${paths.join(', ')} (--unknown)`);
  const both = unknown.find((path) => known.has(path));
  if (both === undefined) return unknown;
  throw new UsageError(`${action}: ${both} is in ${source} and among the unknown pictures; take it out of one of them`);
}

/**
 * Refuses a rate that so few pictures cannot show.
 * @param known pictures that should get an answer, @param unknown those that should not
 * @param what the pictures are called, e.g. `unknown pictures`
 */
export function refuseTooFew(wanted: Wanted, known: number, unknown: number, what = 'unknown pictures'): void {
  const isRate = 'falseAccepts' in wanted;
  const rate = isRate ? wanted.falseAccepts : 1 - wanted.coverage;
  const [count, called] = isRate
    ? [unknown, what]
    : [known, what.replace('unknown', 'known').replace('without', 'with')];
  const needed = Math.max(2, picturesForRate(rate));
  if (count < needed) {
    const given = isRate ? `--false-accepts ${wanted.falseAccepts}` : `--coverage ${wanted.coverage}`;
    throw new UsageError(
      `${action}: ${given} needs at least ${needed} ${called} but there are ${count}, of which one is ${percent(1 / Math.max(1, count))}; add pictures, or ask for less`,
    );
  }
  if (known < 2 || unknown < 2)
    throw new UsageError(
      `${action}: expected two pictures at least of either kind, for half of them are held out, but got ${known} known and ${unknown} ${what}`,
    );
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

async function asUsage<T>(read: Promise<T>): Promise<T> {
  return read.catch((error: Error) => {
    throw new UsageError(error.message, { cause: error });
  });
}
