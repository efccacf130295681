import { mkdir } from 'node:fs/promises';
import type { Clip } from '../clip.ts';
import { modelFileContents, type SaveOptions } from '../weights/save.ts';
import { writeFilesAtomically } from './files.ts';

/**
 * Saves a model as a directory that the layout's own tools open: transformers ('huggingface'), open_clip ('open_clip'),
 * or OpenAI's state dict as safetensors, with what it cannot say in the file's metadata ('openai').
 * All files are written before any takes the place of an old one.
 * @throws ModelError on a model with one tower, on a ResNet as 'huggingface', on what the layout cannot say
 */
export async function saveClip(clip: Clip, directory: string, options: SaveOptions): Promise<void> {
  const files = modelFileContents(clip, options);
  await mkdir(directory, { recursive: true });
  await writeFilesAtomically(directory, files);
}
