import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The program, as it is built for tests. */
export const main = join('build', 'src', 'cli', 'main.js');

/** Runs it to its end. */
export function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}
