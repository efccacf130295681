import type { RunRecord } from './read-run.ts';

/** Several runs beside each other. */
export type RunComparison = {
  /** The best validation first; those without one behind, by their loss. */
  runs: readonly RunRecord[];
  /** What the order is by. */
  order: 'validation loss' | 'validation recall@1' | 'training loss';
  /** What the runs do not have in common, by name: a value per run, in their order. */
  differences: readonly { name: string; values: readonly string[] }[];
  /** Why figures of some cannot be compared. */
  warnings: readonly string[];
};

/** What tells nothing about how a run was meant, or follows from the rest. */
const incidental =
  /^(format$|started$|settings\.steps$|size\.|host\.memoryBytes|(guard\.)?data\.(\w+\.)?badRows|model\.(parameters|trainedParameters))/;

/** Absent, these stand for a default. */
const optional = /^(settings|augmentation|guard)\./;

const digest = /sha256$/;

/** A mode that is not noted: see `usedSettings`. */
const unnoted: Readonly<Record<string, string>> = { 'settings.mode': 'full' };

/** Compares runs: which is best, and what was done differently. */
export function compareRuns(given: readonly RunRecord[]): RunComparison {
  const distinct = (values: readonly unknown[]) => new Set(values.filter((value) => value !== undefined)).size;
  const validated = given.filter(({ best }) => best);
  const hasOneBatchSize = distinct(validated.map(({ batchSize }) => batchSize)) <= 1;
  const order = validated.length === 0 ? 'training loss' : hasOneBatchSize ? 'validation loss' : 'validation recall@1';
  const key = (run: RunRecord) =>
    order === 'validation recall@1' ? -bestRecall(run) : (run.best?.validation.loss ?? 0);
  const runs = given.toSorted(
    (one, other) =>
      Number(!one.best) - Number(!other.best) ||
      key(one) - key(other) ||
      lastLoss(one) - lastLoss(other) || // where the model before training was the best of both
      (one.finalLoss ?? Number.POSITIVE_INFINITY) - (other.finalLoss ?? Number.POSITIVE_INFINITY),
  );
  const warnings: string[] = [];
  if (distinct(validated.map(({ settings }) => settings.get('data.validation.sha256'))) > 1)
    warnings.push('the runs were validated on different pairs: their validations cannot be compared');
  if (distinct(given.map(({ settings }) => settings.get('guard.data.sha256'))) > 1)
    warnings.push('the guards of the runs are different pictures: what they keep cannot be compared');
  if (!hasOneBatchSize)
    warnings.push(
      'a loss is the higher the more pairs there are in a batch, and the batches differ: compare recall, not loss',
    );
  return { runs, order, differences: differencesOf(runs), warnings };
}

function lastLoss({ validations }: RunRecord): number {
  return validations.at(-1)?.validation.loss ?? 0;
}

/** Highest mean of recall@1 of both directions. */
export function bestRecall({ validations }: RunRecord): number {
  return Math.max(
    ...validations.map(
      ({ validation }) => (validation.imageToText['recall@1'] + validation.textToImage['recall@1']) / 2,
    ),
  );
}

function differencesOf(runs: readonly RunRecord[]): { name: string; values: string[] }[] {
  const names = [...new Set(runs.flatMap(({ settings }) => [...settings.keys()]))];
  const different = names.filter((name) => !incidental.test(name) && differs(name, runs));
  // a digest says whether models or data are the same; where they are not, their names tell more
  const isKept = (name: string) => {
    const parent = parentOf(name);
    if (digest.test(name)) return !different.some((other) => other !== name && other.startsWith(parent));
    return !names.includes(`${parent}sha256`) || different.includes(`${parent}sha256`);
  };
  return different.filter(isKept).map((name) => ({
    name: name.replace(/^settings\./, ''),
    values: runs.map(({ settings }) => {
      const value = settings.get(name);
      return value === undefined ? (unnoted[name] ?? '–') : digest.test(name) ? value.slice(0, 8) : value;
    }),
  }));
}

function differs(name: string, runs: readonly RunRecord[]): boolean {
  const values = runs.map(({ settings }) => settings.get(name));
  return new Set(optional.test(name) ? values : values.filter((value) => value !== undefined)).size > 1;
}

/** `data.training.` of `data.training.sha256`. */
function parentOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.') + 1);
}
