import * as tf from '@tensorflow/tfjs';
import { Clip } from '../clip.ts';
import { type Activation, findArchitecture } from '../config.ts';
import { parameterShapes, type Towers } from '../parameters.ts';
import { fromOutputFirst } from './axes.ts';
import { checkMemory } from './check-memory.ts';
import { checkModel } from './check-model.ts';
import { resizePositions, withImageSize } from './image-size.ts';
import type { Stored } from './names.ts';
import { type ModelFiles, openModel } from './open-model.ts';
import { readPromptTemplates } from './prompt-templates.ts';
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
  /**
   * Side of the pictures in pixels, where it shall not be that of training: positional embeddings are resized as open_clip
   * does for a ViT, and in the same way for a ResNet, which open_clip refuses.
   */
  imageSize?: number;
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
    const { towers, shapes: stored } = checkModel(model, options.towers);
    const sized = options.imageSize === undefined ? model.config : withImageSize(model.config, options.imageSize);
    const promptTemplates = await readPromptTemplates(files);
    const config = { ...sized, ...(promptTemplates && { promptTemplates }) };
    const shapes = parameterShapes(config, towers);
    checkMemory(model.label, shapes, availableMemory);
    const tokenizer = await resolveTokenizer(files, model, towers);
    let logScale: number | undefined;
    for (const [name, shape] of shapes) {
      options.signal?.throwIfAborted();
      const values = await readParameter(model.tensors, model.names(name), stored.get(name) ?? shape, shape);
      parameters.set(name, tf.tensor(values, [...shape], 'float32'));
      if (name === 'logitScale') [logScale] = values;
    }
    return new Clip(config, towers, parameters, tokenizer.make, logScale);
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

/** @param stored its shape in the file, in our order of axes; differs from the wanted one for positions of another image size */
async function readParameter(
  tensors: SafetensorsFile,
  { keys, outputFirst }: Stored,
  stored: readonly number[],
  wanted: readonly number[],
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (const key of keys) parts.push(await tensors.readFloat32(key));
  const values = parts.length === 1 ? (parts[0] as Float32Array) : concatenate(parts);
  if (stored[0] !== wanted[0]) return resizePositions(values, gridSide(stored), gridSide(wanted));
  return outputFirst ? fromOutputFirst(values, stored) : values;
}

/** @param shape [1 + side · side, width] */
function gridSide([positions = 1]: readonly number[]): number {
  return Math.sqrt(positions - 1);
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
