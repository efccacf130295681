import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openLog, type TrainingLog } from './log.ts';
import { describeRun, type RunFileParts, readRunFile, removeRunFile, runRows, writeRunFile } from './run-file.ts';
import type { EarlierRun } from './run-notes.ts';
import { type TensorboardLog, tensorboardDirectory, withTensorboard } from './tensorboard-log.ts';

/** What a run writes as it goes. */
export type RunLogs = { log: TrainingLog; tensorboard: TensorboardLog | undefined };

export type LogChoice = { out: string; tensorboard: string | boolean; report: (message: string) => void };

export function logPath(out: string): string {
  return join(out, 'log.jsonl');
}

/**
 * Opens `log.jsonl`, with TensorBoard's event files where they are asked for, behind what an earlier call has written, and writes
 * `run.json`: what the run was begun with stays there when it goes on. Closed before its first line, all of it is gone.
 */
export async function openLogs(
  { out, tensorboard, report }: LogChoice,
  parts: RunFileParts,
  earlier: EarlierRun | undefined,
): Promise<RunLogs> {
  const { notes, progress } = earlier ?? {};
  const [path, bytes, step] = [logPath(out), notes?.logBytes ?? 0, progress?.step ?? 0];
  const lines = await openLog(path, bytes);
  try {
    const facts = (step > 0 && (await readRunFile(out))) || describeRun(parts);
    await writeRunFile(out, facts);
    const directory = tensorboardDirectory(out, tensorboard);
    const place = directory !== undefined && { directory, kept: notes?.tensorboard, path, bytes, step, report };
    const events = place ? await withTensorboard(lines, { ...place, settings: runRows(facts) }) : undefined;
    const log = events ?? lines;
    return { log: { ...log, close: () => closeLog(out, log) }, tensorboard: events };
  } catch (error) {
    await closeLog(out, lines);
    throw error;
  }
}

async function closeLog(out: string, log: TrainingLog): Promise<void> {
  await log.close();
  if (!existsSync(logPath(out))) await removeRunFile(out); // it has not begun
}
