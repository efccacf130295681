import type { Clip } from '../clip.ts';
import { ModelError } from '../errors.ts';
import type { Vocabulary } from '../tokenizer/vocabulary.ts';

/** Differences that an error names. */
const mostNamed = 6;

/**
 * Refuses two models whose weights do not mean the same: of other sizes, other preprocessing, another vocabulary.
 * @throws ModelError that says what differs
 */
export function refuseUnlike(start: Clip, tuned: Clip, action: string): void {
  if (start.isDisposed || tuned.isDisposed) throw new ModelError(`${action}: a model was disposed; load it again`);
  const differences = [
    ...(start.towers === tuned.towers ? [] : [`the towers are '${start.towers}' and '${tuned.towers}'`]),
    ...configDifferences(shapesOf(start), shapesOf(tuned), ''),
    ...vocabularyDifferences(vocabularyOf(start), vocabularyOf(tuned)),
  ];
  if (differences.length === 0) return;
  const more = differences.length > mostNamed ? `; and ${differences.length - mostNamed} more` : '';
  throw new ModelError(
    `${action}: expected a model and one that was fine-tuned from it, but they differ: ${differences.slice(0, mostNamed).join('; ')}${more}`,
  );
}

/** All of a config but what its weights do not depend on. */
function shapesOf({ config: { promptTemplates, ...config } }: Clip): object {
  return config;
}

/** `vision.width is 768 and 1024`, one for each field that differs. */
function configDifferences(one: unknown, other: unknown, path: string): string[] {
  if (isRecord(one) && isRecord(other))
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
      configDifferences(one[key], other[key], path === '' ? key : `${path}.${key}`),
    );
  const [left, right] = [one, other].map((value) => JSON.stringify(value) ?? 'absent');
  return left === right ? [] : [`${path} is ${left} and ${right}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined where the model has none that fits: then its ids alone can be encoded. */
function vocabularyOf(clip: Clip): Vocabulary | undefined {
  if (clip.towers === 'image') return undefined;
  try {
    return clip.tokenizer.vocabulary;
  } catch {
    return undefined;
  }
}

function vocabularyDifferences(one: Vocabulary | undefined, other: Vocabulary | undefined): string[] {
  if (!one || !other) return one === other ? [] : [`the ${one ? 'second' : 'first'} has no tokenizer`];
  const places = Math.max(one.merges.length, other.merges.length);
  for (let place = 0; place < places; place++)
    if (one.merges[place] !== other.merges[place])
      return [`merge ${place} of the tokenizer is ${shown(one.merges[place])} and ${shown(other.merges[place])}`];
  for (const token of new Set([...one.ids.keys(), ...other.ids.keys()]))
    if (one.ids.get(token) !== other.ids.get(token))
      return [
        `the tokenizer's id of '${token}' is ${one.ids.get(token) ?? 'absent'} and ${other.ids.get(token) ?? 'absent'}`,
      ];
  return [];
}

function shown(merge: string | undefined): string {
  return merge === undefined ? 'absent' : `'${merge}'`;
}
