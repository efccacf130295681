import * as tf from '@tensorflow/tfjs';
import type { Segment, SegmentGradients } from './segments.ts';

/** Tensors by parameter name. */
export type Named = Map<string, tf.Tensor>;

/**
 * What is kept of a parameter's gradient, by name: where something is trained that acts through the parameter, its gradient by
 * the chain rule. It has to be linear, for each share of a gradient is projected on its own.
 */
export type Project = (name: string, gradient: tf.Tensor) => [string, tf.Tensor][];

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
 * The way back, block by block (gradient checkpointing: Chen et al. 2016): each segment is computed once more, and its
 * gradients are added to `gradients`. So the memory of one segment is enough for a tower of any depth.
 * Disposes `dy` and the pass, but for the tower's input.
 * @param dy the loss's derivative by the features
 */
export function backward(
  segments: readonly Segment[],
  { begin, states, features }: Pass,
  dy: tf.Tensor2D,
  trained: ReadonlyMap<string, tf.Tensor>,
  gradients: Named,
  project?: Project,
): void {
  features.dispose();
  if (states.length === 0) dy.dispose();
  let dAfter: tf.Tensor = dy;
  for (const [index, state] of [...states.entries()].reverse()) {
    const segment = segments[begin + index] as Segment;
    const isFirst = index === 0; // nothing before it is trained
    const differentiate = segment.back ?? taped(segment, trained, !isFirst);
    const { dState, shares } = tf.tidy(() => {
      const { dState, gradients } = differentiate(state, dAfter);
      const kept = Object.entries(gradients).filter(([name]) => trained.has(name));
      return { dState, shares: Object.fromEntries(project ? kept.flatMap((share) => project(...share)) : kept) };
    });
    dAfter.dispose();
    if (!isFirst || begin > 0) state.dispose();
    for (const [name, share] of Object.entries(shares)) accumulate(gradients, name, share);
    if (isFirst) dState?.dispose();
    else dAfter = dState as tf.Tensor;
  }
}

/** The way back through a segment by a tape. @param byState whether the derivative by its state is needed, too */
function taped({ has, run }: Segment, trained: ReadonlyMap<string, tf.Tensor>, byState: boolean) {
  return (state: tf.Tensor, dy: tf.Tensor): SegmentGradients => {
    const names = [...trained.keys()].filter(has);
    const parameters = names.map((name) => trained.get(name) as tf.Tensor);
    const d = tf.grads(() => run(state))(byState ? [...parameters, state] : parameters, dy);
    const gradients = Object.fromEntries(names.map((name, index) => [name, d[index] as tf.Tensor]));
    return { dState: d[names.length], gradients };
  };
}

/** Adds one more share of a parameter's gradient, and takes possession of it. */
function accumulate(gradients: Named, name: string, share: tf.Tensor): void {
  const before = gradients.get(name);
  gradients.set(name, before ? tf.add(before, share) : share);
  if (before) tf.dispose([before, share]);
}
