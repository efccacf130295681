import { type FileHandle, open, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { orUndefined } from '../files.ts';
import { makeDirectory, writeFault } from '../writable.ts';
import { startEvent, versionEvent } from './events.ts';
import { frameRecord } from './record.ts';

/** An event file that is being written. */
export type EventFile = {
  /** Hands events to the system at once, so that a TensorBoard that is open sees them. */
  add: (events: readonly Uint8Array[]) => Promise<void>;
  /** Brings them to the disk. */
  sync: () => Promise<void>;
  close: () => Promise<void>;
};

const namePattern = /^events\.out\.tfevents\.(\d+)\./;

/** Whether a directory holds event files, of whomever. */
export async function hasEventFiles(directory: string): Promise<boolean> {
  return ((await orUndefined(readdir(directory))) ?? []).some((name) => namePattern.test(name));
}

/**
 * Begins a new event file in a directory, which is made where it is missing. TensorBoard reads a directory's files by name, so
 * it is called by the time, later than every other there.
 * @param firstStep what earlier files have of this step and later ones is declared void
 * @throws Error where it cannot be written
 */
export async function openEventFile(directory: string, firstStep: number): Promise<EventFile> {
  await makeDirectory(directory);
  const taken = (await readdir(directory)).map((name) => Number(namePattern.exec(name)?.[1] ?? 0));
  const now = Date.now() / 1000;
  const second = taken.reduce((latest, other) => Math.max(latest, other + 1), Math.floor(now));
  const name = `events.out.tfevents.${String(second).padStart(10, '0')}.${hostname()}.${process.pid}`;
  const path = join(directory, name);
  const refuse = (error: unknown) => {
    throw writeFault(path, error);
  };
  const file: FileHandle = await open(path, 'ax').catch(refuse);
  const add = (events: readonly Uint8Array[]) => file.appendFile(Buffer.concat(events.map(frameRecord))).catch(refuse);
  await add([versionEvent(now), startEvent(now, firstStep)]);
  return { add, sync: () => file.sync().catch(refuse), close: () => file.close() };
}
