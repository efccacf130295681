import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress, TrainingState } from '../train/training-state.ts';
import { encodeSafetensors, openSafetensors } from '../weights/safetensors.ts';
import { fileSource, syncDirectory, syncTree } from './files.ts';
import { makeDirectory, writeFault } from './writable.ts';

/** What a run notes beside its numbers; fits JSON. */
export type CheckpointNotes = Record<string, unknown>;

export type Checkpoint<Notes extends CheckpointNotes> = { state: TrainingState; notes: Notes };

/** Counts up where an older version could not read what a newer one writes. */
const format = 1;

const nameOf = (step: number) => `step-${String(step).padStart(8, '0')}`;
const namePattern = /^step-\d{8,}$/;
const temporaryPattern = /^\.step-.*\.tmp$/;

/**
 * Writes a checkpoint: a directory with `state.safetensors` (weights, moments, averages) and `state.json` (progress and
 * notes). It is written under a temporary name, synced and renamed; older ones are removed after that. So whenever the
 * process is killed, a whole one is there, if one ever was.
 */
export async function writeCheckpoint<Notes extends CheckpointNotes>(
  directory: string,
  { state, notes }: Checkpoint<Notes>,
): Promise<void> {
  await makeDirectory(directory);
  const name = nameOf(state.progress.step);
  if ((await readdir(directory)).includes(name)) return; // a step has one state only
  const temporary = join(directory, `.${name}.${randomUUID()}.tmp`);
  await mkdir(temporary);
  try {
    const tensors = new Map(
      [...state.tensors].map(([path, data]) => [path, { dtype: 'F32' as const, shape: [data.length], data }]),
    );
    await writeFile(join(temporary, 'state.safetensors'), encodeSafetensors(tensors, new Map()));
    await writeFile(join(temporary, 'state.json'), JSON.stringify({ format, progress: state.progress, notes }));
    await syncTree(temporary);
    await rename(temporary, join(directory, name));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw writeFault(join(directory, name), error);
  }
  await syncDirectory(directory);
  await removeOthers(directory, name);
}

/** Whether a directory holds a checkpoint, readable or not. */
export async function hasCheckpoint(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch(() => []);
  return names.some((name) => namePattern.test(name));
}

async function removeOthers(directory: string, kept: string): Promise<void> {
  for (const name of await readdir(directory))
    if ((namePattern.test(name) && name !== kept) || temporaryPattern.test(name))
      await rm(join(directory, name), { recursive: true, force: true });
}

/**
 * The newest checkpoint's notes, and its numbers when asked for; undefined where there is none.
 * @throws SyntaxError on one that another version wrote or that is damaged
 */
export async function findCheckpoint<Notes extends CheckpointNotes>(
  directory: string,
): Promise<{ notes: Notes; progress: Progress; read: () => Promise<TrainingState> } | undefined> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const [newest] = names.filter((name) => namePattern.test(name)).sort((one, other) => stepOf(other) - stepOf(one));
  if (!newest) return undefined;
  const path = join(directory, newest);
  const saved = JSON.parse(await readFile(join(path, 'state.json'), 'utf8'));
  if (saved.format !== format)
    throw new SyntaxError(
      `Cannot go on from ${path}: expected a checkpoint of format ${format} but got ${saved.format}; use the version that wrote it, or another --out`,
    );
  const { notes, progress } = saved as { notes: Notes; progress: Progress };
  return { notes, progress, read: async () => ({ progress, tensors: await readTensors(path) }) };
}

function stepOf(name: string): number {
  return Number(name.slice('step-'.length));
}

async function readTensors(path: string): Promise<Map<string, Float32Array>> {
  const file = await openSafetensors(await fileSource(join(path, 'state.safetensors')));
  try {
    const tensors = new Map<string, Float32Array>();
    for (const name of file.tensors.keys()) tensors.set(name, await file.readFloat32(name));
    return tensors;
  } finally {
    await file.close();
  }
}
