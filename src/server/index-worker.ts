import { randomUUID } from 'node:crypto';
import { workerData } from 'node:worker_threads';
import { announce } from '../announce.ts';
import { type OpenIndex, openIndex } from '../node/store/store.ts';
import { type Handled, serve } from '../node/workers/serve.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { answerTask, type IndexValue, type SearchTask } from './answer-task.ts';
import { type Outcome, Refusal } from './refusal.ts';

/** What the thread is given when it starts: the store's directory. */
export type IndexSource = { directory: string };

/** `state` names the version of the index that answered: another one, another state. */
export type IndexResult = Outcome<IndexValue> & { state: string };

/** How often the store is looked at for a new version, in milliseconds. */
const refreshEvery = 1000;

let opened: Promise<OpenIndex> | undefined;
let [state, checked, fault] = [randomUUID() as string, 0, ''];
let model: string | undefined;

serve(async (task: SearchTask): Promise<Handled<IndexResult>> => {
  try {
    const open = await currentIndex((workerData as IndexSource).directory);
    refuseOtherModel(open.index);
    return { result: { value: answerTask(open, task), state } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, code, message } = error;
    return { result: { refused: { status, code, message }, state } };
  }
});

/** A store that cannot be read just now goes on being served as it was. */
async function currentIndex(directory: string): Promise<OpenIndex> {
  opened ??= openIndex(directory);
  const open = await opened;
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

/** The model and the decoders in other threads were chosen for the index that was there at the start. */
function refuseOtherModel({ header }: SearchIndex): void {
  const found = `${header.model.hash} ${header.exifRotate}`;
  model ??= found;
  if (found !== model)
    throw new Refusal(
      503,
      'other_model',
      'Cannot search: the index was made anew with another model or setting; start the server again',
    );
}
