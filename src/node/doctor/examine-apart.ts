import { fork, type StdioOptions } from 'node:child_process';
import type { BackendName } from '../../backend.ts';
import type { Examination } from './examine.ts';

const usualScript = new URL('./examine-child.js', import.meta.url);
const usualTimeLimit = 180_000;

/**
 * Examines a backend in a process of its own, so that one that crashes or hangs costs no more than its row.
 * @param timeLimit milliseconds; then the process is ended
 * @param script what the process runs: it gets the backend's name and sends one Examination
 */
export function examineApart(
  backend: BackendName,
  timeLimit: number = usualTimeLimit,
  script: URL = usualScript,
): Promise<Examination> {
  return new Promise((resolve) => {
    const stdio: StdioOptions = ['ignore', 'ignore', 'pipe', 'ipc'];
    const child = fork(script, [backend], { stdio, serialization: 'advanced' }); // JSON has no NaN
    let answer: Examination | undefined;
    let isLate = false;
    let said = '';
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, timeLimit);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.on('message', (message) => {
      answer = message as Examination;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const end = isLate
        ? `no answer within ${timeLimit / 1000} s`
        : `its process ended with ${signal ?? `code ${code}`}`;
      const last = said.trim().split('\n').at(-1);
      resolve(answer ?? { backend, state: 'crashed', reason: last ? `${end}: ${last}` : end });
    });
  });
}
