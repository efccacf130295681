import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clip } from '../clip.ts';
import { publishedArchitectures } from '../config.ts';
import { ModelError } from '../errors.ts';
import { type LoadOptions, loadModel, loadClip as loadWebClip } from '../weights/load.ts';
import type { ModelFiles } from '../weights/open-model.ts';
import { availableMemory } from './available-memory.ts';
import { fileSource } from './files.ts';

/**
 * Loads a CLIP.
 * @param source a directory, a .safetensors file, an http(s) URL of either, or a Blob
 * @throws ModelError on a missing, unused or misshapen tensor, or where the layout or the activation is in doubt
 */
export async function loadClip(source: string | URL | Blob, options: LoadOptions = {}): Promise<Clip> {
  if (!(typeof source === 'string' || source instanceof URL || source instanceof Blob)) {
    throw new TypeError(
      `Cannot load model: expected a path, a URL or a Blob but got ${source === null ? 'null' : typeof source}`,
    );
  }
  if (source instanceof Blob || /^https?:/.test(String(source))) return loadWebClip(source, options);
  const path = /^file:/.test(String(source)) ? fileURLToPath(source) : String(source);
  return loadModel(await localFiles(path), options, availableMemory());
}

/** The files of a directory, or of the directory around a file. */
export async function localFiles(path: string): Promise<ModelFiles> {
  const status = await statOrUndefined(path);
  if (!status) {
    const cure =
      path in publishedArchitectures
        ? `; '${path}' is a published name, and this version reads files only: download its safetensors first`
        : '';
    throw new ModelError(
      `Cannot load ${path}: expected a directory or a .safetensors file, but nothing is there${cure}`,
    );
  }
  const directory = status.isDirectory() ? path : dirname(path);
  return {
    label: path,
    ...(!status.isDirectory() && { weightsFile: basename(path) }),
    open: async (name) =>
      (await statOrUndefined(join(directory, name))) ? fileSource(join(directory, name)) : undefined,
  };
}

async function statOrUndefined(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
