import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Clip } from '../clip.ts';
import { ModelError } from '../errors.ts';
import { modelFileContents, type SaveOptions } from '../weights/save.ts';
import { writeFilesAtomically } from './files.ts';
import { makeDirectory } from './writable.ts';

/** What tells a loader which model a directory holds. */
const tellingFile =
  /^(config|preprocessor_config|processor_config|open_clip_config|vocab|tokenizer)\.json$|^merges\.txt$|\.safetensors(\.index\.json)?$/;

/**
 * Saves a model as a directory that the layout's own tools open: transformers ('huggingface'), open_clip ('open_clip'),
 * or OpenAI's state dict as safetensors, with what it cannot say in the file's metadata ('openai').
 * All files are written before any takes the place of an old one.
 * @throws ModelError on a model with one tower, on a ResNet as 'huggingface', on what the layout cannot say, and where the
 * directory holds files of another model that would stay and mislead a loader
 */
export async function saveClip(clip: Clip, directory: string | URL, options: SaveOptions): Promise<void> {
  const path = directory instanceof URL ? fileURLToPath(directory) : directory;
  const files = modelFileContents(clip, options);
  await makeDirectory(path);
  const left = (await readdir(path)).filter((name) => tellingFile.test(name) && !files.has(name));
  if (left.length > 0) {
    throw new ModelError(
      `Cannot save to ${path}: it holds ${left.join(', ')} of another model, which would stay; choose an empty directory`,
    );
  }
  await writeFilesAtomically(path, files);
}
