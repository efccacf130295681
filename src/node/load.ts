import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { announce } from '../announce.ts';
import type { Clip } from '../clip.ts';
import { ModelError } from '../errors.ts';
import { type LoadOptions, loadModel, loadClip as loadWebClip } from '../weights/load.ts';
import type { ModelFiles } from '../weights/open-model.ts';
import { availableMemory } from './available-memory.ts';
import { emojiClipDirectory } from './emoji-clip.ts';
import { loadStamped } from './file-stamps.ts';
import { fileSource, orUndefined } from './files.ts';
import { locatePublished } from './hub/locate.ts';
import { toldOf } from './hub/needed-files.ts';

/**
 * Loads a CLIP.
 * @param source a directory, a .safetensors file, an http(s) URL of either, a Blob, or the name of a published model that has been pulled:
 * `ViT-B/32`, `ViT-B-32/openai`, `hf-hub:org/name`; `emoji-clip` is the small model for drawings of this package
 * @throws ModelError on a missing, unused or misshapen tensor, where the layout or the activation is in doubt, and on a name that has not
 * been pulled
 */
export async function loadClip(source: string | URL | Blob, options: LoadOptions = {}): Promise<Clip> {
  if (!(typeof source === 'string' || source instanceof URL || source instanceof Blob)) {
    throw new TypeError(
      `Cannot load model: expected a path, a URL or a Blob but got ${source === null ? 'null' : typeof source}`,
    );
  }
  if (source instanceof Blob || /^https?:/.test(String(source))) return loadWebClip(source, options);
  const path = /^file:/.test(String(source)) ? fileURLToPath(source) : String(source);
  const { path: location, files, told, isChecked } = await findModel(path);
  if (!isChecked)
    announce(
      `${path} was put into the cache by another program, and nobody has checked its hashes; 'clip-tfjs pull ${path} --offline' does`,
    );
  const directory = files.weightsFile === undefined ? location : dirname(location);
  return loadStamped(files, directory, (stamped) => loadModel(stamped, { ...told, ...options }, availableMemory()));
}

/** A model on this machine. */
export type FoundModel = {
  /** A directory, or a file. */
  path: string;
  files: ModelFiles;
  /** What its name says beside the files; nothing where it is a path. */
  told: Pick<LoadOptions, 'activation' | 'architecture'>;
  /** False where another program has put it into the cache, whose hashes nobody has checked. */
  isChecked: boolean;
};

/**
 * Finds a model by its path, else by its published name in the cache.
 * @throws ModelError where nothing is there
 */
export async function findModel(source: string): Promise<FoundModel> {
  const status = await orUndefined(stat(source));
  if (status) return { path: source, files: filesAt(source, source, status.isDirectory()), told: {}, isChecked: true };
  if (source === 'emoji-clip') return findModel(emojiClipDirectory());
  const located = await locatePublished(source);
  if (!located)
    throw new ModelError(
      `Cannot load ${source}: expected a directory or a .safetensors file, but nothing is there; 'clip-tfjs pull --list' shows the published names`,
    );
  const { published, directory, isPinned } = located;
  return {
    path: directory,
    files: filesAt(directory, source, true),
    told: toldOf(published),
    isChecked: isPinned,
  };
}

/** The files of a directory, or of the directory around a file. */
export function filesAt(path: string, label: string, isDirectory: boolean): ModelFiles {
  const directory = isDirectory ? path : dirname(path);
  return {
    label,
    ...(!isDirectory && { weightsFile: basename(path) }),
    open: async (name) =>
      (await orUndefined(stat(join(directory, name)))) ? fileSource(join(directory, name)) : undefined,
  };
}
