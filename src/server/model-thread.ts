import type { Classifier } from '../classify/classifier.ts';
import { onceMore } from '../node/workers/once-more.ts';
import { WorkerPool } from '../node/workers/pool.ts';
import type { ModelFacts, ModelResult, ModelSource, ModelTask } from './model-worker.ts';
import { answerOf } from './refusal.ts';

/** A model in a thread of its own, so that this one can answer while it computes. One task at a time, in their order. */
export type ModelThread = {
  facts: ModelFacts;
  /** @returns a unit vector [embedDim] for each @throws Refusal (400) on a text that is too long */
  embedTexts(texts: readonly string[]): Promise<Float32Array[]>;
  /** @param pixels float32 [size, size, 3] @returns unit vector [embedDim] */
  embedPicture(pixels: Float32Array): Promise<Float32Array>;
  /** With the default template. @throws Refusal (400) on a label that is too long */
  buildClassifier(labels: readonly string[]): Promise<Classifier>;
  close(): Promise<void>;
};

/** Starts the thread and waits for the model. Where the thread is lost, another one takes its place and loads it again. */
export async function openModel(source: ModelSource): Promise<ModelThread> {
  const pool = new WorkerPool<ModelTask, ModelResult>(new URL('./model-worker.js', import.meta.url), {
    threads: 1,
    workerData: source,
    heap: 4096,
  });
  const run = async <T>(task: ModelTask): Promise<T> => answerOf(await onceMore(() => pool.run(task))) as T;
  try {
    const facts = await run<ModelFacts>({ kind: 'facts' });
    return {
      facts,
      embedTexts: (texts) => run({ kind: 'texts', texts }),
      embedPicture: (pixels) => run({ kind: 'picture', pixels }),
      buildClassifier: (labels) => run({ kind: 'classifier', labels }),
      close: () => pool.close(),
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}
