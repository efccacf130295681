import { join, resolve } from 'node:path';
import { type EventFile, hasEventFiles, openEventFile } from '../tensorboard/event-file.ts';
import { scalarsEvent, textEvent } from '../tensorboard/events.ts';
import { logScalars } from '../tensorboard/log-scalars.ts';
import { isStep, type LogEntry, readLog, type TrainingLog } from './log.ts';

/** A log that is also written as TensorBoard's event files. */
export type TensorboardLog = TrainingLog & {
  /** Brings the events to the disk. @returns the directory, where it has every line so far: a checkpoint notes it */
  keep: () => Promise<string | undefined>;
};

export type TensorboardOptions = {
  directory: string;
  /** The directory that has every line up to the checkpoint from which the run goes on. */
  kept: string | undefined;
  /** The log, and how much of it was there at that checkpoint, in bytes. */
  path: string;
  bytes: number;
  /** The step of that checkpoint. */
  step: number;
  /** Names and values, for the page Text. */
  settings: readonly (readonly [string, string])[];
  report: (message: string) => void;
};

/** The directory for event files, if there shall be any. */
export function tensorboardDirectory(out: string, choice: string | boolean): string | undefined {
  return choice === true ? join(out, 'tensorboard') : choice === false ? undefined : choice;
}

/**
 * Writes each line of a log as scalars too. A run that goes on begins a new file, which declares void what earlier files have
 * from its step on, as PyTorch's `purge_step` does; where earlier lines are missing from the directory, it begins with all of them.
 * A fault later on is reported, and ends the events, not the run: the next call writes them all from the log.
 */
export async function withTensorboard(log: TrainingLog, options: TensorboardOptions): Promise<TensorboardLog> {
  const { directory, kept, path, bytes, settings, report } = options;
  const hasFiles = await hasEventFiles(directory);
  const isComplete = options.step > 0 && hasFiles && kept === resolve(directory);
  if (hasFiles && !isComplete)
    report(`${directory} has event files already: TensorBoard will show this run in their place`);
  let step = isComplete ? options.step : 0;
  let file: EventFile | undefined;
  let hasFailed = false;
  const write = async (entry: LogEntry) => {
    if (isStep(entry)) step = entry.step;
    const scalars = logScalars(entry);
    if (scalars.length > 0) await file?.add([scalarsEvent(secondsOf(entry), step, scalars)]);
  };
  const begin = async () => {
    file = await openEventFile(directory, isComplete ? step + 1 : 0);
    if (isComplete) return;
    await file.add([textEvent(Date.now() / 1000, 0, 'settings', markdownTable(settings))]);
    for await (const entry of readLog(path, bytes)) await write(entry);
  };
  if (bytes > 0 && !isComplete) await begin();
  const attempt = async (work: () => Promise<unknown>) => {
    if (hasFailed) return;
    await work().catch((error: Error) => {
      hasFailed = true;
      report(
        `${error.message}; the run goes on without events for TensorBoard: the same command later writes them all`,
      );
    });
  };
  return {
    add: async (entry) => {
      await log.add(entry);
      await attempt(async () => {
        if (!file) await begin();
        await write(entry);
      });
    },
    sync: log.sync,
    keep: async () => {
      await attempt(async () => file?.sync());
      return hasFailed ? undefined : resolve(directory);
    },
    close: async () => {
      await file?.close();
      await log.close();
    },
  };
}

function secondsOf({ time }: LogEntry): number {
  return Date.parse(time) / 1000;
}

function markdownTable(rows: readonly (readonly [string, string])[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
  const lines = rows.map(([name, value]) => `| ${cell(name)} | ${cell(value)} |`);
  return ['| setting | value |', '| --- | --- |', ...lines].join('\n');
}
