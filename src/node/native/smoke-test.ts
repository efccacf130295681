import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.ts';

/** The version of the TensorFlow that ran, and whether it computes on a GPU. */
export type Findings = { version: string; gpu: boolean };

/** What a cold disk may need to load a gigabyte of libraries. */
const timeLimit = 300_000;

/**
 * Computes a product and a gradient with what is in a directory, in a process of its own, which may crash.
 * @throws Error where it does not compute, or wrongly, with what it said
 */
export async function smokeTest(directory: string): Promise<Findings> {
  const script = fileURLToPath(new URL('./smoke.js', import.meta.url));
  const outcome = await runProgram(process.execPath, [script, directory], { timeLimit });
  if (outcome?.code === 0) return JSON.parse(outcome.output) as Findings;
  throw new Error(`Native TensorFlow in ${directory} does not compute: ${fault(outcome?.errors ?? '')}`);
}

/** The line of a stack trace that says what is wrong, else the last one. */
function fault(errors: string): string {
  const lines = errors.trim().split('\n');
  return (lines.find((line) => /^\w*Error\b.*: /.test(line)) ?? (lines.at(-1) as string)).replace(/^\w*Error: /, '');
}
