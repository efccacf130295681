import { workerData } from 'node:worker_threads';
import type { BackendName } from '../backend.ts';
import { buildClassifier, type Classifier } from '../classify/classifier.ts';
import type { Clip } from '../clip.ts';
import type { PreprocessConfig } from '../config.ts';
import { embedImages, embedTexts } from '../embed.ts';
import { TextTooLongError } from '../errors.ts';
import { type BackendOptions, useBackend } from '../node/backend.ts';
import { loadClip } from '../node/load.ts';
import { modelHash } from '../node/model-hash.ts';
import { type Handled, serve } from '../node/workers/serve.ts';
import type { LoadOptions } from '../weights/load.ts';
import type { Outcome } from './refusal.ts';

/** The model that answers, and the engine it runs on. */
export type ModelSource = { source: string; load?: LoadOptions; backend?: BackendName; engine?: BackendOptions };

/** What the server knows of its model. */
export type ModelFacts = {
  hash: string;
  backend: BackendName;
  embedDim: number;
  logitScale: number;
  preprocess: PreprocessConfig;
};

export type ModelTask =
  | { kind: 'facts' }
  | { kind: 'texts'; texts: readonly string[] }
  | { kind: 'picture'; pixels: Float32Array }
  | { kind: 'classifier'; labels: readonly string[] };

/** The result of each kind of task, in the same order. */
export type ModelResult = Outcome<ModelFacts | Float32Array[] | Float32Array | Classifier>;

type Model = { clip: Clip; backend: BackendName };

let model: Promise<Model> | undefined;

serve(async (task: ModelTask): Promise<Handled<ModelResult>> => {
  model ??= open(workerData as ModelSource);
  try {
    return { result: { value: await answer(await model, task) } };
  } catch (error) {
    if (error instanceof TextTooLongError) {
      const { tokens, contextLength } = error;
      const message = `Cannot read a text of ${tokens} tokens: expected ${contextLength} at most, with start and end; shorten it`;
      return { result: { refused: { status: 400, code: 'text_too_long', message } } };
    }
    throw error;
  }
});

async function open({ source, load = {}, backend: wanted, engine }: ModelSource): Promise<Model> {
  const backend = await useBackend(wanted, engine);
  return { clip: await loadClip(source, load), backend };
}

async function answer({ clip, backend }: Model, task: ModelTask) {
  switch (task.kind) {
    case 'facts': {
      const { embedDim, preprocess } = clip.config;
      return { hash: await modelHash(clip), backend, embedDim, logitScale: clip.logitScale, preprocess };
    }
    case 'texts':
      return embedTexts(clip, task.texts);
    case 'picture':
      return (await embedImages(clip, [task.pixels]))[0] as Float32Array;
    case 'classifier':
      return buildClassifier(clip, task.labels);
  }
}
