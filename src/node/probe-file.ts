import type { Clip } from '../clip.ts';
import type { Probe } from '../train/predict-probe.ts';
import { encodeSafetensors, openSafetensors, type SafetensorsFile, type TensorData } from '../weights/safetensors.ts';
import { assertMadeWith } from './assert-model.ts';
import { fileSource, orUndefined, writeFileAtomically } from './files.ts';
import { matrixTensor, readMatrix } from './matrix-tensors.ts';
import { type ModelParts, modelParts } from './model-hash.ts';

/** Where the file says, as JSON, all that is no vector. */
const metadataKey = 'clip_tfjs_probe';

/** What a probe's file holds beside it. */
export type ProbeFile = {
  probe: Probe;
  /** The model that it belongs to. */
  model: ModelParts;
  /** Whether the pictures that it was made from were turned as their EXIF orientation says: then others must be, too. */
  exifRotate: boolean;
};

/** What stands in the metadata. */
type Description = Pick<ProbeFile, 'model' | 'exifRotate'> & { version: 1; classNames: readonly string[] } & (
    | { method: 'linear'; c: number }
    | { method: 'tip-adapter'; alpha: number; beta: number; logitScale: number; labels: readonly number[] }
  );

/**
 * Writes a probe to one safetensors file: `weights` [classes, embedDim] and `biases` [1, classes], or `directions` [classes, embedDim]
 * and `keys` [pictures, embedDim], as F32; the rest and the hashes of the model's towers in the metadata. Whole or not at all.
 */
export async function saveProbe(
  path: string,
  probe: Probe,
  clip: Clip,
  { exifRotate = false }: { exifRotate?: boolean } = {},
): Promise<void> {
  const { classNames } = probe;
  const shared = { version: 1 as const, model: await modelParts(clip), exifRotate, classNames };
  const [description, tensors] = describe(probe, shared);
  await writeFileAtomically(
    path,
    encodeSafetensors(new Map(tensors), new Map([[metadataKey, JSON.stringify(description)]])),
  );
}

function describe(
  probe: Probe,
  shared: Pick<Description, 'version' | 'model' | 'exifRotate' | 'classNames'>,
): [Description, [string, TensorData][]] {
  if (probe.method === 'linear') {
    const { method, c, weights, biases } = probe;
    const tensors: [string, TensorData][] = [
      ['weights', matrixTensor(weights)],
      ['biases', matrixTensor([biases])],
    ];
    return [{ ...shared, method, c }, tensors];
  }
  const { method, alpha, beta, logitScale, labels, directions, keys } = probe;
  const tensors: [string, TensorData][] = [
    ['directions', matrixTensor(directions)],
    ['keys', matrixTensor(keys)],
  ];
  return [{ ...shared, method, alpha, beta, logitScale, labels }, tensors];
}

/**
 * Reads a probe that `saveProbe` wrote.
 * @throws ModelError where it was made with another model, SyntaxError on a file that is none, Error where there is none
 */
export async function loadProbe(path: string, clip: Clip): Promise<Probe> {
  const { probe, model } = await readProbeFile(path);
  await assertProbeModel(path, model, clip);
  return probe;
}

/** @throws ModelError where the probe is of another model, as `assertMadeWith` says */
export async function assertProbeModel(path: string, model: ModelParts, clip: Clip): Promise<void> {
  await assertMadeWith(`the probe ${path}`, model, clip, 'make one for this one');
}

/** A probe as its file has it, before its model is loaded. @throws as `loadProbe`, but for the model */
export async function readProbeFile(path: string): Promise<ProbeFile> {
  const source = await orUndefined(fileSource(path));
  if (!source) throw new Error(`Cannot read ${path}: there is no such file`);
  const file = await openSafetensors(source).catch((error: Error) => {
    throw new SyntaxError(`Cannot read the probe ${path}: ${error.message}`, { cause: error });
  });
  try {
    const description = parseDescription(path, file.metadata.get(metadataKey));
    const { model, exifRotate } = description;
    return { probe: await readProbe(path, file, description), model, exifRotate };
  } finally {
    await file.close();
  }
}

async function readProbe(path: string, file: SafetensorsFile, description: Description): Promise<Probe> {
  const { classNames } = description;
  const read = (name: string, rows: number) => readMatrix(path, file, name, rows);
  if (description.method === 'linear') {
    const { method, c } = description;
    const [biases = new Float32Array()] = await read('biases', 1);
    if (biases.length !== classNames.length)
      throw new SyntaxError(
        `Cannot read ${path}: expected ${classNames.length} biases but got ${biases.length}; make it again`,
      );
    return { method, classNames, c, weights: await read('weights', classNames.length), biases };
  }
  const { method, alpha, beta, logitScale, labels } = description;
  const [directions, keys] = [await read('directions', classNames.length), await read('keys', labels.length)];
  return { method, classNames, alpha, beta, logitScale, labels, directions, keys };
}

function parseDescription(path: string, text: string | undefined): Description {
  const refuse = (reason: string): never => {
    throw new SyntaxError(`Cannot read ${path}: ${reason}; 'clip-tfjs probe' writes probes`);
  };
  if (text === undefined) return refuse(`expected a probe but its metadata has no ${metadataKey}`);
  const description = parseJson(text) ?? refuse('its description is no JSON');
  const { version, model, classNames, exifRotate } = description;
  if (version !== 1) refuse(`expected version 1 of the format but got ${version}; update clip-tfjs`);
  const isText = (entry: unknown) => typeof entry === 'string';
  const areHashes = typeof model === 'object' && model !== null && [model.image ?? '', model.text ?? ''].every(isText);
  const areNames = Array.isArray(classNames) && classNames.length > 1 && classNames.every(isText);
  if (!areHashes || !areNames || typeof exifRotate !== 'boolean') refuse('its description is broken');
  if (description.method === 'linear') return description;
  if (description.method !== 'tip-adapter') return refuse('its method is none that is known');
  const { alpha, beta, logitScale, labels } = description;
  const areLabels = Array.isArray(labels) && labels.every((label) => classNames[label] !== undefined);
  if (!areLabels || ![alpha, beta, logitScale].every(Number.isFinite)) refuse('its cache is broken');
  return description;
}

function parseJson(text: string): Description | undefined {
  try {
    return JSON.parse(text) as Description;
  } catch {
    return undefined;
  }
}
