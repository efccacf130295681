import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The Python that has the reference implementations. */
export const interpreter = process.env.CLIP_TFJS_PYTHON ?? '.venv/bin/python';

/**
 * Runs a script of test/interop with the reference implementations at hand and returns what it prints.
 * The interpreter is `CLIP_TFJS_PYTHON`, else the virtual environment that `npm run interop:setup` makes.
 */
export function runPython(script: string, ...args: string[]): string {
  checkInterpreter();
  const env = { ...process.env, HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' };
  return execFileSync(interpreter, [join('test', 'interop', script), ...args], {
    encoding: 'utf8',
    env,
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The same while this process goes on, e.g. to serve what the script asks for; with more environment variables. */
export async function startPython(env: NodeJS.ProcessEnv, script: string, ...args: string[]): Promise<string> {
  checkInterpreter();
  const options = { env: { ...process.env, ...env } };
  return (await promisify(execFile)(interpreter, [join('test', 'interop', script), ...args], options)).stdout;
}

function checkInterpreter(): void {
  if (existsSync(interpreter)) return;
  throw new Error(`Cannot compare with Python: ${interpreter} does not exist; run \`npm run interop:setup\` first`);
}
