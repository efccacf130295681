import { randomUUID } from 'node:crypto';
import { workerData } from 'node:worker_threads';
import { announce } from '../announce.ts';
import { IndexError, type OpenIndex, openIndex } from '../node/store/store.ts';
import { type Handled, serve } from '../node/workers/serve.ts';
import { answerTask, type IndexValue, type SearchTask } from './answer-task.ts';
import { type Outcome, Refusal } from './refusal.ts';
import { unreadable } from './unreadable-index.ts';

/** What the thread is given when it starts: the store's directory. */
export type IndexSource = { directory: string };

/** `state` names the version of the index that answered: another one, another state. `made` says by which model and setting. */
export type IndexResult = Outcome<IndexValue> & { state: string; made: string };

/** How often the store is looked at for a new version, in milliseconds. */
const refreshEvery = 1000;

let opened: Promise<OpenIndex> | undefined;
let [state, checked, fault] = [randomUUID() as string, 0, ''];

serve(async (task: SearchTask): Promise<Handled<IndexResult>> => {
  const open = await currentIndex((workerData as IndexSource).directory);
  const { model, exifRotate } = open.index.header;
  const made = `${model.hash} ${exifRotate}`;
  try {
    return { result: { value: answerTask(open, task), state, made } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, code, message } = error;
    return { result: { refused: { status, code, message }, state, made } };
  }
});

/** A store that cannot be read just now goes on being served as it was. */
async function currentIndex(directory: string): Promise<OpenIndex> {
  opened ??= openIndex(directory);
  const open = await opened.catch((error) => {
    opened = undefined; // it may be back when somebody asks again
    throw error instanceof IndexError ? Object.assign(error, { code: unreadable }) : error;
  });
  if (performance.now() - checked < refreshEvery) return open;
  checked = performance.now();
  try {
    if (await open.refresh()) state = randomUUID();
    fault = '';
  } catch (error) {
    const { message } = error as Error;
    if (message !== fault) announce(`the index is served as it was: ${message}`);
    fault = message;
  }
  return open;
}
