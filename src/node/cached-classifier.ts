import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { announce } from '../announce.ts';
import { buildBackground } from '../classify/background.ts';
import { type ClassPrompts, type FullClass, promptCount, toClasses } from '../classify/class-prompts.ts';
import { buildClassifier, type Classifier, type ClassifierOptions } from '../classify/classifier.ts';
import { directionOf, embedClasses, sumOf } from '../classify/ensemble.ts';
import { defaultTemplates } from '../classify/templates.ts';
import type { Clip } from '../clip.ts';
import { ownCache } from './cache.ts';
import { readBlocks, writeBlock } from './ensemble-blocks.ts';
import { sha256 } from './files.ts';
import { modelHash } from './model-hash.ts';
import { makeDirectory } from './writable.ts';

/** Prompts from which on an ensemble is kept: one batch is embedded about as fast as a model is hashed. */
const fewestKept = 65;

/** Bytes that all ensembles together may take; those that were not used for longest are removed. */
const mostKept = 256 * 2 ** 20;

/**
 * `buildClassifier` with a memory: the directions are kept on disk under a hash of the model, the templates and each class's texts.
 * A class that is there is not embedded again, whichever list it is in. Every block of about a thousand prompts is written when it is
 * done, so that work which is killed goes on there. Where the cache cannot be written, that is announced and the work is done.
 * `onProgress` counts prompts, those that were kept first. The cache is `ownCache()`, see docs/prompts.md.
 * @throws as `buildClassifier`
 */
export async function cachedClassifier(
  clip: Clip,
  classNames: readonly (string | ClassPrompts)[],
  options: ClassifierOptions = {},
): Promise<Classifier> {
  const { templates = defaultTemplates, background = false, truncate = false, onProgress, ...rest } = options;
  const classes = toClasses(classNames, templates);
  const total = countOf(classes, templates);
  if (total < fewestKept) return buildClassifier(clip, classNames, options);
  const { embedDim } = clip.config;
  const ensembles = join(ownCache(), 'ensembles');
  const key = sha256(JSON.stringify({ format: 1, model: await modelHash(clip), templates, truncate }));
  const directory = join(ensembles, key);
  const { rows, files } = await readBlocks(directory, embedDim);
  const digests = classes.map(digestOf);
  const missing = classes.filter((_, index) => !rows.has(digests[index] as string));
  const kept = total - countOf(missing, templates);
  if (kept > 0) onProgress?.(kept, total);
  const keeper = await openKeeper(directory, files);
  const embedding = { ...rest, truncate, onProgress: (done: number) => onProgress?.(kept + done, total) };
  for await (const block of embedClasses(clip, missing, templates, embedding)) {
    const computed = new Map<string, Float32Array>();
    for (const [index, prompts] of block.rows.entries())
      computed.set(digestOf(missing[block.start + index] as FullClass), directionOf(sumOf(prompts, embedDim)));
    for (const [digest, row] of computed) rows.set(digest, row);
    await keeper.keep(computed);
  }
  await keeper.finish(rows);
  await removeUnused(ensembles, key);
  const weights = digests.map((digest) => rows.get(digest) as Float32Array);
  const classifier = { classNames: classes.map(({ name }) => name), templates, weights };
  return background ? { ...classifier, background: await buildBackground(clip, rest) } : classifier;
}

/** Writes blocks until one cannot be written, and in the end one block in place of all. */
async function openKeeper(directory: string, files: string[]) {
  let isWritable = true;
  const attempt = async (work: () => Promise<unknown>) => {
    if (!isWritable) return;
    await work().catch((error: Error) => {
      isWritable = false;
      announce(`${error.message}; the ensemble is used, but not kept (CLIP_TFJS_CACHE chooses another directory)`);
    });
  };
  await attempt(() => makeDirectory(directory));
  return {
    keep: (rows: ReadonlyMap<string, Float32Array>) =>
      attempt(async () => files.push(await writeBlock(directory, rows))),
    finish: (rows: ReadonlyMap<string, Float32Array>) =>
      attempt(async () => {
        const now = new Date();
        await utimes(directory, now, now); // when it was used last
        if (files.length < 2) return;
        const merged = await writeBlock(directory, rows);
        for (const path of files) if (path !== merged) await rm(path, { force: true });
      }),
  };
}

function countOf(classes: readonly FullClass[], templates: readonly string[]): number {
  return classes.reduce((sum, entry) => sum + promptCount(entry, templates), 0);
}

/** What is said of a class. */
function digestOf({ name, synonyms, descriptions }: FullClass): string {
  return sha256(JSON.stringify([[name, ...synonyms], descriptions]));
}

/** Makes room, the longest unused first; the one in use stays. */
async function removeUnused(ensembles: string, used: string): Promise<void> {
  const found: { path: string; size: number; time: number }[] = [];
  for (const name of await readdir(ensembles).catch(() => [])) {
    const path = join(ensembles, name);
    let size = 0;
    for (const file of await readdir(path).catch(() => []))
      size += (await stat(join(path, file)).catch(() => undefined))?.size ?? 0;
    const time = name === used ? Number.POSITIVE_INFINITY : ((await stat(path).catch(() => undefined))?.mtimeMs ?? 0);
    found.push({ path, size, time });
  }
  found.sort((one, other) => other.time - one.time);
  let total = 0;
  for (const { path, size, time } of found) {
    total += size;
    if (total > mostKept && Number.isFinite(time)) await rm(path, { recursive: true, force: true });
  }
}
