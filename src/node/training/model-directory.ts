import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '../../clip.ts';
import { saveClip } from '../save.ts';

/** @throws Error where a directory holds a model that no run of ours has put there: it would be overwritten */
export async function refuseOtherModel(out: string): Promise<void> {
  const names = await readdir(out);
  const model = names.find((name) => name.endsWith('.safetensors'));
  if (model && !names.includes('log.jsonl'))
    throw new Error(`Cannot train into ${out}: it holds ${model} of another model; choose an empty directory`);
}

/** Removes what a process left that was killed while it wrote a file. */
export async function removeTemporaries(out: string): Promise<void> {
  for (const name of await readdir(out))
    if (/^\..+\.[0-9a-f-]{36}\.tmp$/.test(name)) await rm(join(out, name), { force: true });
}

/** In Hugging Face's layout; a ResNet, which that does not have, in open_clip's. */
export async function saveModel(clip: Clip, out: string): Promise<void> {
  await saveClip(clip, out, { layout: clip.config.vision?.kind === 'vit' ? 'huggingface' : 'open_clip' });
}
