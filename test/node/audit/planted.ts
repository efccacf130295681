import * as tf from '@tensorflow/tfjs';
import { fillTemplate } from '../../../src/classify/templates.ts';
import type { Clip } from '../../../src/clip.ts';
import { dot, embedTexts } from '../../../src/embed.ts';

/**
 * A text tower that is biased by construction: the direction of one label is bent towards the pictures of one group, and
 * those of the classes stay where they are. With v the part of the label's vector that is orthogonal to all classes' and
 * d the direction of the group, the projection P becomes P + strength · (P v) dᵀ.
 */
export async function bendLabel(
  clip: Clip,
  label: string,
  towards: Float32Array,
  { classNames, template, strength }: { classNames: readonly string[]; template: string; strength: number },
): Promise<void> {
  const texts = [...classNames, label].map((name) => fillTemplate(template, name));
  const basis: Float32Array[] = [];
  for (const row of await embedTexts(clip, texts)) {
    let rest = row;
    for (const axis of [...basis, ...basis]) rest = minus(rest, axis, dot(rest, axis)); // twice: rounding
    const length = Math.hypot(...rest);
    if (length > 1e-4) basis.push(rest.map((value) => value / length));
  }
  const own = basis.at(-1) as Float32Array;
  const before = clip.parameters.get('text.proj') as tf.Tensor2D; // [width, embedDim]
  const bent = tf.tidy(() => {
    const along = tf.matMul(before, tf.tensor2d(own, [own.length, 1])); // [width, 1]
    return tf.add(before, tf.mul(tf.matMul(along, tf.tensor2d(towards, [1, towards.length])), strength)); // [width, embedDim]
  });
  clip.replace('text.proj', bent);
}

/** A model that is too sure of what it says: its logit scale is multiplied. */
export async function makeOverconfident(clip: Clip, factor: number): Promise<void> {
  clip.replace('logitScale', tf.scalar(Math.log(clip.logitScale * factor)));
  await clip.refreshLogitScale();
}

/** The mean of unit vectors less that of others, scaled to unit length. */
export function apart(rows: readonly Float32Array[], others: readonly Float32Array[]): Float32Array {
  const mean = (all: readonly Float32Array[]) =>
    (all[0] as Float32Array).map((_, at) => all.reduce((sum, row) => sum + (row[at] as number), 0) / all.length);
  const difference = minus(mean(rows), mean(others), 1);
  const length = Math.hypot(...difference);
  return difference.map((value) => value / length);
}

function minus(one: Float32Array, other: Float32Array, factor: number): Float32Array {
  return one.map((value, at) => value - factor * (other[at] as number));
}
