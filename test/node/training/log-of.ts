import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogEntry } from '../../../src/node/training/log.ts';

/** The lines of a log without times. */
export function logOf(out: string): LogEntry[] {
  const lines = readFileSync(join(out, 'log.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { time, samplesPerSecond, ...rest } = JSON.parse(line);
    return rest;
  });
}
