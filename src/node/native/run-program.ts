import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How a program ended, and what it said; `errors` is empty where they were shown. */
export type Outcome = { code: number; output: string; errors: string };

export type RunOptions = {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Whether the user sees what it prints, on our error stream; else it is gathered. */
  isShown?: boolean;
  /** Milliseconds after which it is killed. */
  timeLimit?: number;
};

/**
 * Runs a program to its end.
 * @returns undefined where there is no such program
 */
export function runProgram(
  command: string,
  args: readonly string[],
  { isShown = false, timeLimit, ...options }: RunOptions = {},
): Promise<Outcome | undefined> {
  return new Promise((resolve, reject) => {
    const program = spawn(command, args, {
      ...options,
      stdio: isShown ? ['ignore', 2, 2] : ['ignore', 'pipe', 'pipe'],
      timeout: timeLimit,
    });
    let output = '';
    let errors = '';
    program.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    program.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    program.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' || error.code === 'EACCES' ? resolve(undefined) : reject(error),
    );
    program.once('close', (code, signal) => {
      const status = code ?? 128 + constants.signals[signal as NodeJS.Signals];
      resolve({ code: status, output, errors: signal ? `${errors}\nended by ${signal}` : errors });
    });
  });
}
