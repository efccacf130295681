import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '../../clip.ts';
import { hasCheckpoint } from '../checkpoints.ts';
import { saveClip } from '../save.ts';
import { assertDirectoryWritable } from '../writable.ts';
import { adapterFolder } from './adaptation.ts';
import { logPath } from './open-logs.ts';
import { checkpointsIn } from './run-notes.ts';

/** What a run writes. */
const written =
  /^(run\.json|log\.jsonl|report\.html|checkpoints|adapter|tensorboard|\.running|(preprocessor_|open_clip_|tokenizer_)?config\.json|clip_tfjs\.json|(vocab|tokenizer|special_tokens_map)\.json|merges\.txt|.*\.safetensors(\.index\.json)?)$/;

/**
 * Looks, before any work, whether a run may write into a directory, and creates nothing.
 * @throws Error where it cannot be written to, or holds files that no run of ours has put there and that would be overwritten
 */
export async function assertFitForRun(out: string): Promise<void> {
  await assertDirectoryWritable(out);
  const names = await readdir(out).catch(() => []); // it is not there yet
  const others = names.filter((name) => written.test(name));
  if (others.length === 0 || (await isOurs(out))) return;
  throw new Error(
    `Cannot train into ${out}: it holds ${others.join(', ')}, which no run of clip-tfjs has put there and which would be overwritten; choose an empty or a new directory`,
  );
}

/** Whether a run has been here: with a checkpoint, or cut off before it wrote one. */
async function isOurs(out: string): Promise<boolean> {
  if (await hasCheckpoint(checkpointsIn(out))) return true;
  if (/^\d+$/.test(await readFile(join(out, '.running'), 'utf8').catch(() => ''))) return true;
  const log = await readFile(logPath(out), 'utf8').catch(() => '');
  return /^\{"(epoch":0,"meanLoss"|step":1,"epoch":1,"loss"):/.test(log);
}

/** Removes what a process left that was killed while it wrote a file. */
export async function removeTemporaries(out: string): Promise<void> {
  for (const folder of [out, join(out, adapterFolder)])
    for (const name of await readdir(folder).catch(() => []))
      if (/^\..+\.[0-9a-f-]{36}\.tmp$/.test(name)) await rm(join(folder, name), { force: true });
}

/** In Hugging Face's layout; a ResNet, which that does not have, in open_clip's. */
export async function saveModel(clip: Clip, out: string): Promise<void> {
  await saveClip(clip, out, { layout: clip.config.vision?.kind === 'vit' ? 'huggingface' : 'open_clip' });
}
