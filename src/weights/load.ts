import * as tf from '@tensorflow/tfjs';
import { checkConfig } from '../check-config.ts';
import { Clip } from '../clip.ts';
import { type Activation, type ClipConfig, findArchitecture } from '../config.ts';
import { ModelError } from '../errors.ts';
import { parameterShapes, type Towers } from '../parameters.ts';
import { fromOutputFirst, outputFirstShape } from './axes.ts';
import { checkMemory } from './check-memory.ts';
import { isIgnoredBuffer, type Stored } from './names.ts';
import { type ModelFiles, type OpenModel, openModel } from './open-model.ts';
import { resolveTokenizer } from './resolve-tokenizer.ts';
import type { SafetensorsFile } from './safetensors.ts';
import { webFiles } from './web-files.ts';

export type LoadOptions = {
  /** Required for a bare OpenAI-layout file, whose tensors do not tell it; refused where it contradicts a config. */
  activation?: Activation;
  /** A published name (`ViT-B/32`) that tells a bare file's head counts. */
  architecture?: string;
  /** Which encoders to load; by default all that the config names. */
  towers?: Towers;
  signal?: AbortSignal;
};

/**
 * Loads a model where there is no file system: from the URL of a directory or a .safetensors file, or from a Blob.
 * In Node, `clip-tfjs/node` has the loadClip that takes paths.
 * @throws as `loadModel`
 */
export async function loadClip(source: string | URL | Blob, options: LoadOptions = {}): Promise<Clip> {
  return loadModel(webFiles(source, options.signal), options);
}

/**
 * Loads a model from opened files: finds layout and config, checks every tensor's name and shape before any is read,
 * then reads tensor by tensor, so that the peak is the model and its largest tensor.
 * @param availableMemory bytes that the process can still take; undefined where that cannot be known
 * @throws ModelError on a missing, unused or misshapen tensor, where the layout or the activation is in doubt, and on a
 * model that memory cannot hold
 */
export async function loadModel(files: ModelFiles, options: LoadOptions = {}, availableMemory?: number): Promise<Clip> {
  checkOptions(options);
  const model = await openModel(files, options);
  const parameters = new Map<string, tf.Tensor>();
  try {
    checkConfig(model.config);
    checkDepth(model);
    const towers = options.towers ?? towersOf(model.config);
    const shapes = parameterShapes(model.config, towers);
    checkTensors(model, shapes);
    checkMemory(model.label, shapes, availableMemory);
    const makeTokenizer = await resolveTokenizer(files, model, towers);
    let logScale: number | undefined;
    for (const [name, shape] of shapes) {
      options.signal?.throwIfAborted();
      const values = await readParameter(model.tensors, model.names(name), shape);
      parameters.set(name, tf.tensor(values, [...shape], 'float32'));
      if (name === 'logitScale') [logScale] = values;
    }
    return new Clip(model.config, towers, parameters, makeTokenizer, logScale);
  } catch (error) {
    for (const tensor of parameters.values()) tensor.dispose();
    throw error;
  } finally {
    await model.tensors.close();
  }
}

/** @throws RangeError on a value that an option does not have: in JavaScript no compiler says so */
function checkOptions({ activation, architecture, towers }: LoadOptions): void {
  const check = (name: string, value: unknown, allowed: readonly string[]) => {
    if (value === undefined || allowed.includes(value as string)) return;
    const expected = allowed.map((choice) => `'${choice}'`).join(', ');
    throw new RangeError(
      `Cannot load model: expected ${name} to be one of ${expected} but got ${JSON.stringify(value)}`,
    );
  };
  check('activation', activation, ['quick_gelu', 'gelu']);
  check('towers', towers, ['image', 'text', 'both']);
  if (architecture !== undefined) findArchitecture(architecture);
}

/** A config may name a billion layers; none is looked for before it is clear that the file could hold them. */
function checkDepth({ label, config: { vision, text }, tensors }: OpenModel): void {
  const layers = [vision?.layers ?? 0, text?.layers ?? 0].flat().reduce((sum, count) => sum + count, 0);
  if (layers > tensors.tensors.size) {
    throw new ModelError(
      `Cannot load ${label}: its config has ${layers} layers but the file ${tensors.tensors.size} tensors`,
    );
  }
}

function towersOf({ vision, text }: ClipConfig): Towers {
  return vision && text ? 'both' : vision ? 'image' : 'text';
}

/** Strict: the asked towers must be whole, and nothing may be left over that neither tower explains. */
function checkTensors({ label, tensors, config, names }: OpenModel, asked: Map<string, readonly number[]>): void {
  const explained = new Set<string>();
  const faults: string[] = [];
  for (const [name, shape] of parameterShapes(config)) {
    const { keys, outputFirst } = names(name);
    const [first, ...rest] = outputFirst ? outputFirstShape(shape) : shape;
    const expected = first === undefined ? [] : [first / keys.length, ...rest];
    for (const key of keys) {
      explained.add(key);
      const found = tensors.tensors.get(key)?.shape;
      if (found && found.join() !== expected.join()) {
        faults.push(`'${key}' should be [${expected.join(', ')}] but is [${found.join(', ')}]`);
      }
      if (!found && asked.has(name)) faults.push(`'${key}' is missing`);
    }
  }
  for (const key of tensors.tensors.keys()) {
    if (!explained.has(key) && !isIgnoredBuffer(key)) faults.push(`'${key}' is not part of the model`);
  }
  if (faults.length === 0) return;
  const more = faults.length > 8 ? `; and ${faults.length - 8} more` : '';
  throw new ModelError(`Cannot load ${label}: config and tensors disagree: ${faults.slice(0, 8).join('; ')}${more}`);
}

async function readParameter(
  tensors: SafetensorsFile,
  { keys, outputFirst }: Stored,
  shape: readonly number[],
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (const key of keys) parts.push(await tensors.readFloat32(key));
  const values = parts.length === 1 ? (parts[0] as Float32Array) : concatenate(parts);
  return outputFirst ? fromOutputFirst(values, shape) : values;
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
