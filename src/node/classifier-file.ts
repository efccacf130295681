import type { Background } from '../classify/background.ts';
import type { Classifier, Independence } from '../classify/classifier.ts';
import { type Rejection, rejectionScores } from '../classify/rejection.ts';
import type { Clip } from '../clip.ts';
import { ModelError } from '../errors.ts';
import { encodeSafetensors, openSafetensors, type SafetensorsFile, type TensorData } from '../weights/safetensors.ts';
import { fileSource, orUndefined, writeFileAtomically } from './files.ts';
import { modelHash } from './model-hash.ts';

/** Where the file says, as JSON, all that is no direction. */
const metadataKey = 'clip_tfjs_classifier';

/** What stands there. */
type Description = {
  version: 1;
  /** `modelHash` of the model that the directions are of. */
  model: string;
  classNames: readonly string[];
  templates: readonly string[];
  backgroundPrompts?: readonly string[];
  rejection?: Rejection;
  independence?: Independence;
};

/**
 * Writes a classifier to one safetensors file: `weights` [classes, embedDim] and, where it has one, `background` [prompts, embedDim] as
 * F32; names, templates, what was fitted and the model's hash in the metadata. Whole or not at all.
 */
export async function saveClassifier(path: string, classifier: Classifier, clip: Clip): Promise<void> {
  const { classNames, templates, weights, background, rejection, independence } = classifier;
  const description: Description = {
    version: 1,
    model: await modelHash(clip),
    classNames,
    templates,
    ...(background && { backgroundPrompts: background.prompts }),
    ...(rejection && { rejection }),
    ...(independence && { independence }),
  };
  const tensors = new Map([['weights', matrix(weights)]]);
  if (background) tensors.set('background', matrix(background.weights));
  const metadata = new Map([[metadataKey, JSON.stringify(description)]]);
  await writeFileAtomically(path, encodeSafetensors(tensors, metadata));
}

/**
 * Reads a classifier that `saveClassifier` wrote.
 * @throws ModelError where it was made with another model, SyntaxError on a file that is none, Error where there is none
 */
export async function loadClassifier(path: string, clip: Clip): Promise<Classifier> {
  const { classifier, model } = await readClassifierFile(path);
  await assertModel(path, model, clip);
  return classifier;
}

/** A classifier as its file has it, and the hash of the model that it belongs to: before that model is loaded. */
export type ClassifierFile = { classifier: Classifier; model: string };

/** @throws as `loadClassifier`, but for the model */
export async function readClassifierFile(path: string): Promise<ClassifierFile> {
  const source = await orUndefined(fileSource(path));
  if (!source) throw new Error(`Cannot read ${path}: there is no such file`);
  const file = await openSafetensors(source);
  try {
    const { model, ...description } = parseDescription(path, file.metadata.get(metadataKey));
    const { classNames, templates, backgroundPrompts, rejection, independence } = description;
    const weights = await readMatrix(path, file, 'weights', classNames.length);
    const background: Background | undefined = backgroundPrompts && {
      prompts: backgroundPrompts,
      weights: await readMatrix(path, file, 'background', backgroundPrompts.length),
    };
    const fitted = { ...(background && { background }), ...(rejection && { rejection }) };
    return { model, classifier: { classNames, templates, weights, ...fitted, ...(independence && { independence }) } };
  } finally {
    await file.close();
  }
}

/** @throws ModelError where the classifier is of another model: its directions mean nothing to this one */
export async function assertModel(path: string, model: string, clip: Clip): Promise<void> {
  const found = await modelHash(clip);
  if (found === model) return;
  throw new ModelError(
    `Cannot use the classifier ${path}: expected the model that it was made with (SHA-256 ${model.slice(0, 12)}...) but got another one ` +
      `(${found.slice(0, 12)}...); name that model, or calibrate this one`,
  );
}

function matrix(rows: readonly Float32Array[]): TensorData {
  const width = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) data.set(row, index * width);
  return { dtype: 'F32', shape: [rows.length, width], data };
}

async function readMatrix(path: string, file: SafetensorsFile, name: string, rows: number): Promise<Float32Array[]> {
  const shape = file.tensors.get(name)?.shape ?? [];
  const [count, width = 0] = shape;
  if (shape.length !== 2 || count !== rows)
    throw new SyntaxError(
      `Cannot read ${path}: expected a tensor '${name}' [${rows}, embedDim] but got [${shape.join(', ')}]; make it again`,
    );
  const values = await file.readFloat32(name);
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
}

function parseDescription(path: string, text: string | undefined): Description {
  const refuse = (reason: string): never => {
    throw new SyntaxError(`Cannot read ${path}: ${reason}; 'clip-tfjs calibrate' writes classifiers`);
  };
  if (text === undefined) return refuse(`expected a classifier but its metadata has no ${metadataKey}`);
  const { version, ...rest } = parseJson(text) ?? refuse('its description is no JSON');
  if (version !== 1) refuse(`expected version 1 of the format but got ${version}; update clip-tfjs`);
  const { model, classNames, templates, rejection, independence } = rest;
  const areTexts = (list: unknown) => Array.isArray(list) && list.every((entry) => typeof entry === 'string');
  if (typeof model !== 'string' || !areTexts(classNames) || !areTexts(templates)) refuse('its description is broken');
  const areNumbers = (...values: unknown[]) => values.every(Number.isFinite);
  if (
    rejection &&
    !(rejectionScores.includes(rejection.score) && areNumbers(rejection.threshold, rejection.logitScale))
  )
    refuse('its rejection is broken');
  const thresholds = independence?.thresholds ?? classNames.map(() => 0);
  if (thresholds.length !== classNames.length || !areNumbers(...thresholds)) refuse('its thresholds are broken');
  return { version, ...rest };
}

function parseJson(text: string): Description | undefined {
  try {
    return JSON.parse(text) as Description;
  } catch {
    return undefined;
  }
}
