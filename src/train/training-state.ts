import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../clip.ts';
import type { AdamW } from './adamw.ts';
import type { Trained } from './trained.ts';
import type { WeightAverage } from './weight-average.ts';

/** Where a run is. What is random in it is a function of the seed and the step, so there is no other random state. */
export type Progress = {
  /** Steps done, the skipped ones included. */
  step: number;
  /** Steps whose gradient was not finite, and that changed nothing. */
  skipped: number;
  /** Steps of the optimiser. */
  updates: number;
  seed: number;
};

/**
 * All that a run needs to go on as if it had never stopped, as plain data: `progress` fits JSON; `tensors` are what is
 * trained (`weight.NAME`), the optimiser's moments (`first.NAME`, `second.NAME`) and the averages, if any (`average.NAME`).
 */
export type TrainingState = { progress: Progress; tensors: Map<string, Float32Array> };

/** What takes part in a run. */
export type Training = {
  clip: Clip;
  trained: Trained;
  optimiser: AdamW;
  average: WeightAverage | undefined;
};

/** Copies the state out. To be called between two steps. */
export async function saveState({ trained, optimiser, average }: Training, progress: Progress): Promise<TrainingState> {
  const all: [string, tf.Tensor][] = [
    ...trained.names.map((name): [string, tf.Tensor] => [`weight.${name}`, trained.parameters.get(name) as tf.Tensor]),
    ...optimiser.tensors(),
    ...[...(average?.tensors() ?? [])].map(([name, tensor]): [string, tf.Tensor] => [`average.${name}`, tensor]),
  ];
  const now = { ...progress };
  const tensors = new Map<string, Float32Array>();
  for (const [path, tensor] of all) tensors.set(path, Float32Array.from(await tensor.data<'float32'>()));
  return { progress: now, tensors };
}

/**
 * Puts a saved state into a model, an optimiser and an average.
 * @throws RangeError where it belongs to another model or another choice of trained parameters; then nothing was changed
 */
export async function restoreState(
  { clip, trained, optimiser, average }: Training,
  { progress, tensors }: TrainingState,
): Promise<void> {
  const groups = ['weight', ...(progress.updates > 0 ? ['first', 'second'] : [])];
  const expected = new Map<string, tf.Tensor>(
    groups.flatMap((group) =>
      trained.names.map((name) => [`${group}.${name}`, trained.parameters.get(name) as tf.Tensor] as const),
    ),
  );
  if (average && progress.updates > 0)
    for (const name of trained.changes) expected.set(`average.${name}`, clip.parameters.get(name) as tf.Tensor);
  for (const [path, { size }] of expected) {
    const length = tensors.get(path)?.length;
    if (length !== size)
      throw new RangeError(
        `Cannot restore the training: expected ${size} values of '${path}' but got ${length ?? 'none'}`,
      );
  }
  for (const path of tensors.keys())
    if (!expected.has(path)) throw new RangeError(`Cannot restore the training: it has no use for '${path}'`);

  const shapes = [...expected].map(([path, { shape }]) => [path, shape] as const);
  const of = (group: string) => shapes.filter(([path]) => path.startsWith(`${group}.`));
  const toTensor = (path: string, shape: number[]) => tf.tensor(tensors.get(path)!.slice(), shape);
  for (const [path, shape] of of('weight')) trained.replace(path.slice('weight.'.length), toTensor(path, shape));
  const moments = [...of('first'), ...of('second')].map(([path, shape]) => [path, toTensor(path, shape)] as const);
  optimiser.restore(progress.updates, new Map(moments));
  average?.restore(
    new Map(of('average').map(([path, shape]) => [path.slice('average.'.length), toTensor(path, shape)] as const)),
  );
  trained.apply();
  if (trained.changes.includes('logitScale')) await clip.refreshLogitScale();
}
