import * as tf from '@tensorflow/tfjs';
import { buildClassifier } from '../../src/classify/classifier.ts';
import { fillTemplate } from '../../src/classify/templates.ts';
import type { Clip } from '../../src/clip.ts';
import { embedTexts } from '../../src/embed.ts';
import { sampleSeed, uniformNumbers } from '../../src/random.ts';
import { croppedIds } from '../../src/train/batches.ts';
import { trainedParameters } from '../../src/train/trained-parameters.ts';
import { AdamW, clipCoefficient, globalNorm, learningRateAt } from '../../src/train.ts';
import { drawCaption, drawNothingCaption } from './captions.ts';
import { drawWeighted } from './chance.ts';
import type { Concept } from './concepts.ts';
import type { Lesson } from './neighbours.ts';
import { type Recipe, templates } from './recipe.ts';

/** Texts and the unit vector [embedDim] that each is to have. */
export type TextTargets = { texts: readonly string[]; targets: readonly Float32Array[] };

/** What a step of teaching did. `likeness` is the mean cosine of the texts with their targets, before the step. */
export type TeachingStep = { step: number; likeness: number };

/**
 * Teaches the text tower words that no caption had: each is to lie among the labels of the concepts nearest to it in a
 * dictionary, at their weighted mean (as Norouzi et al. 2014 place pictures of unseen classes). Captions keep the place that
 * they have. The picture tower stays as it is, and no picture is needed.
 */
export async function* teach(
  clip: Clip,
  teacher: Clip,
  concepts: readonly Concept[],
  lessons: readonly Lesson[],
  recipe: Recipe,
): AsyncGenerator<TeachingStep> {
  const { steps, batch, learningRate: peak, warmup } = recipe.words;
  const optimiser = new AdamW({ weightDecay: recipe.training.weightDecay });
  const trained = trainedParameters(clip, isTaught);
  const draw = createDraw(await labelVectors(teacher, concepts), concepts, lessons, recipe);
  try {
    for (let step = 0; step < steps; step++) {
      const { words, captions } = draw(step);
      const kept = await embedTexts(teacher, captions, { truncate: true, batchSize: batch });
      const groups = [words, { texts: captions, targets: kept }];
      const learningRate = learningRateAt(step, { schedule: 'cosine', peak, warmup, steps, cooldown: 0 });
      yield { step: step + 1, likeness: await takeStep(clip, [...trained.keys()], groups, optimiser, learningRate) };
    }
  } finally {
    optimiser.dispose();
  }
}

/**
 * Goes back a part of the way to the teacher's weights, which keeps more of what it knew than it takes from what was taught
 * (WiSE-FT, Wortsman et al. 2022).
 * @param share of the pupil's weights, from 0 to 1
 */
export function blend(clip: Clip, teacher: Clip, share: number): void {
  for (const [name, before] of teacher.parameters) {
    const after = clip.parameters.get(name) as tf.Tensor;
    if (isTaught(name))
      clip.replace(
        name,
        tf.tidy(() => tf.add(tf.mul(before, 1 - share), tf.mul(after, share))),
      );
  }
}

function isTaught(name: string): boolean {
  return name.startsWith('text.');
}

/** @returns a label's vector by its concept: of all prompts together, as in the evaluation */
async function labelVectors(teacher: Clip, concepts: readonly Concept[]): Promise<readonly Float32Array[]> {
  const labels = concepts.map(({ label }) => label);
  return (await buildClassifier(teacher, labels, { templates, truncate: true, batchSize: 256 })).weights;
}

/** @returns what is taught in a step: a function of the seed and the step alone */
function createDraw(
  labels: readonly Float32Array[],
  concepts: readonly Concept[],
  lessons: readonly Lesson[],
  { seed, sampling, training, words: { batch, share } }: Recipe,
): (step: number) => { words: TextTargets; captions: string[] } {
  const trained = [...concepts.keys()].filter((index) => !concepts[index]!.isHeldOut);
  const choices = lessons.map((lesson) => [lesson, lesson.weight] as const);
  const some = <T>(items: readonly T[], uniform: () => number) => items[Math.floor(uniform() * items.length)] as T;
  return (step) => {
    const uniform = uniformNumbers(sampleSeed(seed, step, batch)); // no picture's number: those end before `batch`
    const drawn = Array.from({ length: Math.round(share * batch) }, () => drawWeighted(choices, uniform));
    const count = batch - drawn.length;
    const nothings = Math.round((count * sampling.later.nothingPerBatch) / training.batch);
    const captions = Array.from({ length: count }, (_, at) => {
      if (at < nothings) return drawNothingCaption(uniform).text;
      const index = some(trained, uniform);
      return drawCaption(concepts[index]!, index, training.steps, sampling, uniform).text;
    });
    const inTemplate = (word: string) =>
      uniform() < sampling.templated ? fillTemplate(some(templates, uniform), word) : word;
    const texts = drawn.map(({ word }) => inTemplate(word));
    return { words: { texts, targets: drawn.map((lesson) => placeOf(lesson, labels)) }, captions };
  };
}

/** Where a word belongs: the weighted mean of its neighbours' directions, as a unit vector. */
export function placeOf({ near }: Lesson, labels: readonly Float32Array[]): Float32Array {
  const size = labels[0]!.length;
  const place = new Float64Array(size);
  for (const { concepts, weight } of near) {
    const mean = Float64Array.from({ length: size }, (_, i) =>
      concepts.reduce((sum, one) => sum + labels[one]![i]!, 0),
    );
    const length = Math.hypot(...mean);
    for (let i = 0; i < size; i++) place[i]! += (weight * mean[i]!) / length;
  }
  const length = Math.hypot(...place);
  return Float32Array.from(place, (value) => value / length);
}

/** @param groups encoded apart, each only as far as its longest text goes */
async function takeStep(
  clip: Clip,
  names: readonly string[],
  groups: readonly TextTargets[],
  optimiser: AdamW,
  learningRate: number,
): Promise<number> {
  const { value, grads } = tf.tidy(() => {
    const goal = tf.stack(groups.flatMap(({ targets }) => targets.map((target) => tf.tensor1d(target))));
    const rows = groups.map(({ texts }) => {
      const ids = croppedIds(clip.tokenizer, texts);
      return tf.tensor2d(ids, [texts.length, ids.length / texts.length], 'int32');
    });
    const unlikeness = () => {
      const features = tf.concat(rows.map((ids) => clip.encodeText(ids)));
      const cosines = tf.div(tf.sum(tf.mul(features, goal), 1), tf.norm(features, 2, 1));
      return tf.sub(1, tf.mean(cosines)) as tf.Scalar;
    };
    return tf.valueAndGrads(unlikeness)(names.map((name) => clip.parameters.get(name) as tf.Tensor));
  });
  const gradients = new Map(names.map((name, at) => [name, grads[at] as tf.Tensor]));
  const norm = globalNorm(grads);
  const coefficient = clipCoefficient((await norm.data<'float32'>())[0]!, 1);
  optimiser.step(clip.parameters, gradients, learningRate, (name, tensor) => clip.replace(name, tensor), coefficient);
  const [loss = Number.NaN] = await value.data<'float32'>();
  tf.dispose([value, norm, ...grads]);
  return 1 - loss;
}
