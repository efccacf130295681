import { Worker } from 'node:worker_threads';
import { workerExecArguments } from './exec-arguments.ts';
import { fromFault } from './fault.ts';
import type { Answer } from './serve.ts';

/** A worker thread that ended in the midst of a task: killed, out of memory, over its time, or by its own fault. */
export class WorkerCrash extends Error {
  override readonly name = 'WorkerCrash';
}

/** No thread can take the task: none starts, or the pool is closed. */
export class PoolError extends Error {
  override readonly name = 'PoolError';
}

export type PoolOptions = {
  /** Threads at most; each is started when there is work for it. */
  threads: number;
  /** Tasks that a thread is sent beyond the one it works at, so that it has some while this thread is busy. */
  ahead?: number;
  /** What each thread gets when it starts. */
  workerData?: unknown;
  /** V8's heap of one thread, in MiB. Pixels, weights and vectors lie outside it. */
  heap?: number;
};

type Job<Task, Result> = {
  task: Task;
  timeLimit: number | undefined;
  resolve: (result: Result) => void;
  reject: (error: Error) => void;
};

/** A thread with the jobs it was sent, in order; it works at the first. */
type Member<Task, Result> = {
  worker: Worker;
  jobs: Job<Task, Result>[];
  isReady: boolean;
  clock?: NodeJS.Timeout | undefined;
  fault?: string;
};

const defaultHeap = 512;

/**
 * Threads that take tasks from one queue, first come first served. A thread that ends is replaced: the task that it worked at
 * fails with a WorkerCrash, those that waited behind it go to others. Threads without work do not keep the process alive.
 */
export class WorkerPool<Task, Result> {
  readonly #script: URL;
  readonly #options: PoolOptions;
  readonly #members = new Set<Member<Task, Result>>();
  #waiting: Job<Task, Result>[] = [];
  #isClosed = false;

  /** @param script a module that calls `serve` */
  constructor(script: URL, options: PoolOptions) {
    this.#script = script;
    this.#options = options;
  }

  /**
   * @param timeLimit milliseconds for the work alone, without the wait for a thread
   * @throws WorkerCrash, PoolError, and what the task threw, as an ImageError or an Error
   */
  run(task: Task, timeLimit?: number): Promise<Result> {
    if (this.#isClosed) return Promise.reject(new PoolError('Cannot run a task: the worker pool is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, timeLimit, resolve, reject });
      this.#distribute();
    });
  }

  /** Ends every thread at once, in the midst of its task; tasks that have no result yet fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const members = [...this.#members];
    this.#members.clear();
    for (const { clock } of members) clearTimeout(clock);
    const jobs = [...members.flatMap((member) => member.jobs), ...this.#waiting.splice(0)];
    for (const job of jobs) job.reject(new PoolError('Cannot finish a task: the worker pool was closed'));
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  }

  #distribute(): void {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const member = this.#leastBusy();
      if (!member) return;
      const job = this.#waiting.shift() as Job<Task, Result>;
      member.jobs.push(job);
      member.worker.ref();
      member.worker.postMessage(job.task);
      if (member.jobs.length === 1) this.#startClock(member);
    }
  }

  /** A thread without work, else a new one, else the one with the fewest tasks; undefined where all have enough. */
  #leastBusy(): Member<Task, Result> | undefined {
    const [least] = [...this.#members].sort((one, other) => one.jobs.length - other.jobs.length);
    if (least?.jobs.length === 0) return least;
    if (this.#members.size < this.#options.threads) return this.#start();
    return least && least.jobs.length <= (this.#options.ahead ?? 0) ? least : undefined;
  }

  #start(): Member<Task, Result> {
    const worker = new Worker(this.#script, {
      workerData: this.#options.workerData,
      execArgv: workerExecArguments(process.execArgv),
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heap ?? defaultHeap },
    });
    const member: Member<Task, Result> = { worker, jobs: [], isReady: false };
    this.#members.add(member);
    worker.on('message', (answer: Answer<Result>) => this.#settle(member, answer));
    worker.on('error', (error) => {
      member.fault ??= error.message;
    });
    worker.on('exit', (code) => this.#replace(member, code));
    return member;
  }

  #settle(member: Member<Task, Result>, answer: Answer<Result>): void {
    if (answer.kind === 'ready') {
      member.isReady = true;
    } else {
      const job = member.jobs.shift();
      if (answer.kind === 'result') job?.resolve(answer.result);
      else job?.reject(fromFault(answer.fault));
    }
    this.#startClock(member);
    this.#distribute();
    if (member.jobs.length === 0) member.worker.unref();
  }

  /**
   * Gives the task that a thread now works at its time. When it is up, answers that came in while this thread was busy are
   * heard first.
   */
  #startClock(member: Member<Task, Result>): void {
    clearTimeout(member.clock);
    const [job] = member.jobs;
    if (!member.isReady || job?.timeLimit === undefined) return;
    const end = () => {
      if (member.jobs[0] !== job) return;
      member.fault = `it took longer than ${job.timeLimit} ms`;
      void member.worker.terminate();
    };
    member.clock = setTimeout(() => setImmediate(end), job.timeLimit);
  }

  #replace(member: Member<Task, Result>, code: number): void {
    clearTimeout(member.clock);
    if (!this.#members.delete(member)) return;
    const fault = member.fault ?? `it ended with code ${code}`;
    const [first, ...others] = member.jobs;
    this.#waiting.unshift(...others);
    if (member.isReady) {
      first?.reject(new WorkerCrash(`A worker thread was lost: ${fault}`));
    } else {
      const error = new PoolError(`Cannot start a worker thread: ${fault}`); // the next one would fail as well
      for (const job of [...(first ? [first] : []), ...this.#waiting.splice(0)]) job.reject(error);
    }
    this.#distribute();
  }
}
