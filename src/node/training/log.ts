import { type FileHandle, open, rm } from 'node:fs/promises';
import { announce } from '../../announce.ts';
import type { GuardScore } from '../../evaluate/guard.ts';
import type { Validation } from '../../train/validate.ts';
import { writeFault } from '../writable.ts';

/** A step's line of log.jsonl. A number that is not finite is null, as JSON has it. */
export type StepEntry = {
  step: number;
  /** From 1. */
  epoch: number;
  loss: number | null;
  logitScale: number;
  learningRate: number;
  gradientNorm: number | null;
  /** Steps so far that changed nothing. */
  skipped: number;
  /** Pairs of the batch. */
  pairs: number;
  /** Those of them that repeat another without being of its concept. */
  repeated: number;
  /** When it was done, ISO 8601; it and the next are what differs between two runs. */
  time: string;
  samplesPerSecond: number;
};

/** An epoch's line. */
export type EpochEntry = {
  /** 0: the model before the first step. */
  epoch: number;
  /** Mean of the finite losses of its steps. */
  meanLoss: number | null;
  validation?: Validation;
  /** What the model knows of the guard set. */
  guard?: GuardScore;
  /** Whether these weights are the best so far, and were saved. */
  best?: boolean;
  time: string;
};

export type LogEntry = StepEntry | EpochEntry;

export function isStep(entry: LogEntry): entry is StepEntry {
  return 'step' in entry;
}

/** A log that is written line by line. */
export type TrainingLog = {
  add: (entry: LogEntry) => Promise<void>;
  /** Brings it to the disk. @returns its length in bytes: a checkpoint notes it */
  sync: () => Promise<number>;
  /** A log without a line is taken away. */
  close: () => Promise<void>;
};

/**
 * Opens a log to go on after `bytes`: what was written behind them, after the last checkpoint, is cut off and will be
 * written again.
 */
export async function openLog(path: string, bytes: number): Promise<TrainingLog> {
  const file = await open(path, 'a').catch((error) => {
    throw writeFault(path, error);
  });
  const { size } = await file.stat();
  if (size < bytes) announce(`${path} is shorter than the checkpoint says; it goes on, but lacks earlier steps`);
  else await file.truncate(bytes);
  return {
    add: (entry) => file.appendFile(`${JSON.stringify(entry)}\n`),
    sync: () => syncedLength(file),
    close: async () => {
      const { size: bytesNow } = await file.stat();
      await file.close();
      if (bytesNow === 0) await rm(path, { force: true });
    },
  };
}

async function syncedLength(file: FileHandle): Promise<number> {
  await file.sync();
  return (await file.stat()).size;
}

/**
 * The entries of a log, as far as `bytes`; none where there is no log. A last line that is still being written is passed over.
 * @throws SyntaxError that names a line which is none of a log
 */
export async function* readLog(path: string, bytes: number = Number.POSITIVE_INFINITY): AsyncGenerator<LogEntry> {
  if (bytes === 0) return;
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return;
  try {
    const lines = file.readLines({ autoClose: false, ...(Number.isFinite(bytes) && { end: bytes - 1 }) });
    let number = 0;
    let fault: SyntaxError | undefined;
    for await (const line of lines) {
      if (fault) throw fault;
      number++;
      if (line === '') continue;
      let entry: LogEntry | undefined;
      try {
        entry = JSON.parse(line) as LogEntry;
      } catch (error) {
        fault = new SyntaxError(`Cannot read ${path}, line ${number}: ${(error as Error).message}`, { cause: error });
      }
      if (entry) yield entry;
    }
    if (fault && Number.isFinite(bytes)) throw fault;
  } finally {
    await file.close();
  }
}
