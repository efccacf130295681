import { existsSync, writeFileSync } from 'node:fs';
import { threadId, workerData } from 'node:worker_threads';
import { ImageError } from '../../../src/errors.ts';
import { type Handled, serve } from '../../../src/node/workers/serve.ts';

/** What the threads of the pool's tests can be told to do. */
export type OddTask =
  | { do: 'answer'; value: number; after?: number }
  | { do: 'throw' | 'exit' | 'loop' | 'hog' | 'trap' }
  | { do: 'exit once'; marker: string }
  | { do: 'hand over' };

export type OddResult = { value: number; thread: number } | Float32Array;

if (workerData === 'do not start') throw new Error('no luck today');

serve(async (task: OddTask): Promise<Handled<OddResult>> => {
  if (task.do === 'throw') throw new ImageError('Cannot read image: it is odd');
  if (task.do === 'exit') process.exit(7);
  if (task.do === 'exit once' && !existsSync(task.marker)) {
    writeFileSync(task.marker, '');
    process.exit(7);
  }
  if (task.do === 'trap') throw new WebAssembly.RuntimeError('memory access out of bounds');
  while (task.do === 'loop');
  const hoard: unknown[] = [];
  while (task.do === 'hog') hoard.push(new Array(1e5).fill({}));
  if (task.do === 'hand over') {
    const result = new Float32Array(3).fill(1);
    return { result, transfer: [result.buffer] };
  }
  const { value, after = 0 } = task as { value: number; after?: number };
  await new Promise((resume) => setTimeout(resume, after));
  return { result: { value, thread: threadId } };
});
