import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../../clip.ts';
import type { LockedTowers } from '../../train/locked-towers.ts';
import { addWeights } from '../model-hash.ts';
import type { PairSet } from '../pairs.ts';
import type { ChosenOptions } from './chosen-options.ts';
import { cachedTowers } from './features/precompute-features.ts';
import { type GuardChoice, guardIdentity } from './guard.ts';
import { usedSettings } from './mode-settings.ts';

/** All that decides a run's numbers, by name. Fits JSON. */
export type RunIdentity = Record<string, unknown>;

/** What was chosen, as far as it decides a run's numbers. */
export function choicesOf(options: ChosenOptions, guard: GuardChoice | undefined, locked: LockedTowers): object {
  const { settings, augmentation, exifRotate } = options;
  const cached = cachedTowers(locked, options);
  return {
    ...usedSettings(settings),
    augmentation,
    exifRotate,
    ...((cached.image || cached.text) && { cached }),
    ...(guard && guardIdentity(guard)),
  };
}

/** @param choices as `choicesOf` gives them */
export async function identityOf(
  clip: Clip,
  training: PairSet,
  validation: PairSet | undefined,
  choices: object,
): Promise<RunIdentity> {
  const identity = {
    'the model': await digestOfWeights(clip),
    'the training data': await digestOfPairs(training),
    'the validation data': validation ? await digestOfPairs(validation) : null,
    backend: tf.getBackend(),
    ...flattened(choices),
  };
  return JSON.parse(JSON.stringify(identity)) as RunIdentity; // as it comes back from a checkpoint
}

/** @throws Error that lists what differs */
export function refuseOtherRun(out: string, saved: RunIdentity, now: RunIdentity): void {
  const shown = (value: unknown) => (value === undefined ? 'not given' : JSON.stringify(value));
  const isDigest = (name: string) => name.startsWith('the ');
  const names = [...new Set([...Object.keys(saved), ...Object.keys(now)])];
  const different = names.filter((name) => JSON.stringify(saved[name]) !== JSON.stringify(now[name]));
  if (different.length === 0) return;
  const differences = different.map((name) =>
    isDigest(name) ? `${name} changed` : `${name} was ${shown(saved[name])} and is now ${shown(now[name])}`,
  );
  const isLonger = different.every((name) => name === 'epochs' || name === 'steps');
  throw new Error(
    `Cannot go on with ${out}: its checkpoint is of another run: ${differences.join('; ')}. Use the same settings, or another --out` +
      (isLonger ? `; to train longer than was planned, fine-tune ${out} into another --out` : ''),
  );
}

/** `{ a: { b: 1 } }` as `{ 'a.b': 1 }`. */
function flattened(value: object, path = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) =>
      typeof entry === 'object' && entry !== null && !Array.isArray(entry)
        ? Object.entries(flattened(entry, `${path}${key}.`))
        : [[`${path}${key}`, entry]],
    ),
  );
}

async function digestOfWeights(clip: Clip): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(clip.config));
  await addWeights(hash, clip.parameters);
  return hash.digest('hex');
}

async function digestOfPairs({ pairs }: PairSet): Promise<string> {
  const hash = createHash('sha256');
  if (pairs.weights) hash.update(`${JSON.stringify(pairs.weights)}\n`);
  for await (const { image, texts, concept } of pairs) hash.update(`${JSON.stringify([image, texts, concept])}\n`);
  return hash.digest('hex');
}
