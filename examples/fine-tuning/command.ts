import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a command printed with `--json`, how long it took in seconds, and the most memory that it had, in bytes. */
// biome-ignore lint/suspicious/noExplicitAny: each command prints what its page in docs says
export type Ran = { json: any; seconds: number; memory: number };

/** Runs `clip-tfjs COMMAND --json`. @throws Error where it fails */
export async function clipTfjs(...args: string[]): Promise<Ran> {
  const began = performance.now();
  const main = join('build', 'src', 'cli', 'main.js');
  const child = spawn(process.execPath, [main, ...args, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let memory = 0;
  const watch = setInterval(() => {
    memory = Math.max(memory, residentPeak(child.pid as number));
  }, 100);
  let text = '';
  for await (const part of child.stdout.setEncoding('utf8')) text += part;
  clearInterval(watch);
  const status = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)));
  if (status !== 0) throw new Error(`clip-tfjs ${args.join(' ')} ended with ${status}`);
  return { json: JSON.parse(text), seconds: (performance.now() - began) / 1000, memory };
}

/** The most that a process has had in memory so far, in bytes; 0 where the system does not say (Linux does) or it is gone. */
function residentPeak(pid: number): number {
  try {
    const [, kilobytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return 1024 * Number(kilobytes);
  } catch {
    return 0;
  }
}
