import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import type { Answer, Request } from './programs/serve.ts';
import type { TrainingAnswer, TrainingRequest } from './programs/training.ts';
import type { ProgramSpec } from './programs.ts';

/** A program is not made for what it was asked. */
export class Unsupported extends Error {}

/** A program of the table in a process of its own, which stays loaded between questions. */
export class Child {
  readonly spec: ProgramSpec;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #complaints = '';
  #fault: string | undefined;

  /** @param directories where the models and the inputs are */
  constructor(spec: ProgramSpec, directories: readonly string[]) {
    this.spec = spec;
    const env = { ...process.env, HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false', TF_CPP_MIN_LOG_LEVEL: '2' };
    this.#process = spawn(spec.command, [...spec.args, ...directories, String(spec.threads)], { env });
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    this.#process.on('error', (error) => {
      this.#fault = error.message;
    });
    this.#process.stdin.on('error', () => {}); // of a process that ended: said by `ask`
    const lines: Interface = createInterface({ input: this.#process.stdout });
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /**
   * Asks and waits; libraries may print other lines in between.
   * @throws Unsupported on what the program is not made for, Error where it ended or answers with an error
   */
  async ask(request: Request | TrainingRequest): Promise<Answer & TrainingAnswer> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(this.#fault ?? `it ended: ${this.#complaints.trim().split('\n').at(-1)}`);
      if (!value.startsWith('{')) continue;
      const answer = JSON.parse(value) as Answer;
      if (answer.unsupported !== undefined) throw new Unsupported(answer.unsupported);
      if (answer.error !== undefined) throw new Error(answer.error.split('\n')[0]);
      return answer;
    }
  }

  /** Seconds until the answer. */
  async time(request: Request): Promise<number> {
    const begin = performance.now();
    await this.ask(request);
    return (performance.now() - begin) / 1000;
  }

  /** The highest resident memory of the process so far, in bytes; undefined where there is no /proc. */
  peakMemory(): number | undefined {
    // Not getrusage: its maximum starts with the memory of the parent, of which the process was forked.
    const status = `/proc/${this.#process.pid}/status`;
    const [, kilobytes] = existsSync(status) ? (/^VmHWM:\s*(\d+) kB/m.exec(readFileSync(status, 'utf8')) ?? []) : [];
    return kilobytes === undefined ? undefined : 1024 * Number(kilobytes);
  }

  /** Ends the process and waits for its end. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null || this.#fault) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin.end();
    const late = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(late);
  }
}
