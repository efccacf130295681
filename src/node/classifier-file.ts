import type { Background } from '../classify/background.ts';
import type { Classifier, Independence } from '../classify/classifier.ts';
import { type Rejection, rejectionScores } from '../classify/rejection.ts';
import type { Clip } from '../clip.ts';
import { encodeSafetensors, openSafetensors } from '../weights/safetensors.ts';
import { assertMadeWith } from './assert-model.ts';
import { fileSource, orUndefined, writeFileAtomically } from './files.ts';
import { matrixTensor, readMatrix } from './matrix-tensors.ts';
import { type ModelParts, modelParts } from './model-hash.ts';

/** Where the file says, as JSON, all that is no direction. */
const metadataKey = 'clip_tfjs_classifier';

/** What stands there. */
type Description = {
  version: 1;
  /** Of the model that the directions are of. */
  model: ModelParts;
  classNames: readonly string[];
  templates: readonly string[];
  backgroundPrompts?: readonly string[];
  rejection?: Rejection;
  independence?: Independence;
  exifRotate?: boolean;
};

/**
 * Writes a classifier to one safetensors file: `weights` [classes, embedDim] and, where it has one, `background` [prompts, embedDim] as
 * F32; names, templates, what was fitted and the hashes of the model's towers in the metadata. Whole or not at all.
 */
export async function saveClassifier(path: string, classifier: Classifier, clip: Clip): Promise<void> {
  const { classNames, templates, weights, background, rejection, independence, exifRotate } = classifier;
  const description: Description = {
    version: 1,
    model: await modelParts(clip),
    classNames,
    templates,
    ...(background && { backgroundPrompts: background.prompts }),
    ...(rejection && { rejection }),
    ...(independence && { independence }),
    ...(exifRotate !== undefined && { exifRotate }),
  };
  const tensors = new Map([['weights', matrixTensor(weights)]]);
  if (background) tensors.set('background', matrixTensor(background.weights));
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

/** A classifier as its file has it, and what the model is that it belongs to: before that model is loaded. */
export type ClassifierFile = { classifier: Classifier; model: ModelParts };

/** @throws as `loadClassifier`, but for the model */
export async function readClassifierFile(path: string): Promise<ClassifierFile> {
  const source = await orUndefined(fileSource(path));
  if (!source) throw new Error(`Cannot read ${path}: there is no such file`);
  const file = await openSafetensors(source).catch((error: Error) => {
    throw new SyntaxError(`Cannot read the classifier ${path}: ${error.message}`, { cause: error });
  });
  try {
    const { model, ...description } = parseDescription(path, file.metadata.get(metadataKey));
    const { classNames, templates, backgroundPrompts, rejection, independence, exifRotate } = description;
    const weights = await readMatrix(path, file, 'weights', classNames.length);
    const background: Background | undefined = backgroundPrompts && {
      prompts: backgroundPrompts,
      weights: await readMatrix(path, file, 'background', backgroundPrompts.length),
    };
    const fitted = {
      ...(background && { background }),
      ...(rejection && { rejection }),
      ...(independence && { independence }),
      ...(exifRotate !== undefined && { exifRotate }),
    };
    return { model, classifier: { classNames, templates, weights, ...fitted } };
  } finally {
    await file.close();
  }
}

/** @throws ModelError where the classifier is of another model, as `assertMadeWith` says */
export async function assertModel(path: string, model: ModelParts, clip: Clip): Promise<void> {
  await assertMadeWith(`the classifier ${path}`, model, clip, 'calibrate this one');
}

function parseDescription(path: string, text: string | undefined): Description {
  const refuse = (reason: string): never => {
    throw new SyntaxError(`Cannot read ${path}: ${reason}; 'clip-tfjs calibrate' writes classifiers`);
  };
  if (text === undefined) return refuse(`expected a classifier but its metadata has no ${metadataKey}`);
  const { version, ...rest } = parseJson(text) ?? refuse('its description is no JSON');
  if (version !== 1) refuse(`expected version 1 of the format but got ${version}; update clip-tfjs`);
  const { model, classNames, templates, rejection, independence, exifRotate } = rest;
  const isText = (entry: unknown) => typeof entry === 'string';
  const areTexts = (list: unknown) => Array.isArray(list) && list.every(isText);
  const areHashes = typeof model === 'object' && model !== null && [model.image ?? '', model.text ?? ''].every(isText);
  const isFlag = exifRotate === undefined || typeof exifRotate === 'boolean';
  if (!areHashes || !isFlag || !areTexts(classNames) || !areTexts(templates)) refuse('its description is broken');
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
