import * as tf from '@tensorflow/tfjs';
import type { Segment } from './segments.ts';

/** Tensors by parameter name. */
export type Named = Map<string, tf.Tensor>;

/** What the backward pass needs of a forward pass: where the trained part of the tower begins, and the states from there on. */
export type Pass = { begin: number; states: tf.Tensor[]; features: tf.Tensor2D };

/**
 * Runs a tower without a tape and keeps the state before each segment, from the first one with a trained parameter on. Of
 * what a segment computes inside, nothing stays.
 * @param input the first segment's; the caller's to dispose, as are the pass's tensors
 */
export function forward(segments: readonly Segment[], input: tf.Tensor, trained: ReadonlyMap<string, tf.Tensor>): Pass {
  const names = [...trained.keys()];
  const first = segments.findIndex(({ has }) => names.some(has));
  const begin = first < 0 ? segments.length : first;
  const states: tf.Tensor[] = [];
  let state = input;
  for (const [index, { run }] of segments.entries()) {
    const before = state;
    state = tf.tidy(() => run(before));
    if (index >= begin) states.push(before);
    else if (before !== input) before.dispose();
  }
  return { begin, states, features: state as tf.Tensor2D };
}

/**
 * The way back, block by block (gradient checkpointing: Chen et al. 2016): each segment is computed once more, now with a
 * tape, and its gradients are added to `gradients`. So the memory of one segment is enough for a tower of any depth.
 * Disposes `dy` and the pass, but for the tower's input.
 * @param dy the loss's derivative by the features
 */
export function backward(
  segments: readonly Segment[],
  { begin, states, features }: Pass,
  dy: tf.Tensor2D,
  trained: ReadonlyMap<string, tf.Tensor>,
  gradients: Named,
): void {
  features.dispose();
  if (states.length === 0) dy.dispose();
  let dState: tf.Tensor = dy;
  for (const [index, state] of [...states.entries()].reverse()) {
    const { has, run } = segments[begin + index] as Segment;
    const names = [...trained.keys()].filter(has);
    const parameters = names.map((name) => trained.get(name) as tf.Tensor);
    const isFirst = index === 0; // nothing before it is trained
    const differentiated = isFirst ? parameters : [...parameters, state];
    const d = tf.tidy(() => tf.grads(() => run(state))(differentiated, dState));
    dState.dispose();
    if (!isFirst || begin > 0) state.dispose();
    for (const [position, name] of names.entries()) accumulate(gradients, name, d[position] as tf.Tensor);
    if (!isFirst) dState = d.at(-1) as tf.Tensor;
  }
}

/** Adds one more share of a parameter's gradient, and takes possession of it. */
function accumulate(gradients: Named, name: string, share: tf.Tensor): void {
  const before = gradients.get(name);
  gradients.set(name, before ? tf.add(before, share) : share);
  if (before) tf.dispose([before, share]);
}
