import { templateSets } from '../../src/classify/template-sets.ts';
import type { ClipConfig } from '../../src/config.ts';

/** The lowest and the highest. */
type Range = readonly [number, number];

/** Every choice that makes emoji-clip what it is. */
export const recipe = {
  /** Of the weights, the order of the pictures, the captions and the augmentation. */
  seed: 1,
  model: {
    vocabularySize: 2000,
    embedDim: 128,
    vision: { imageSize: 48, patchSize: 8, width: 160, layers: 5, heads: 5 },
    text: { contextLength: 24, width: 128, layers: 3, heads: 4 },
  },
  training: {
    steps: 5000,
    batch: 256,
    learningRate: 1e-3,
    weightDecay: 0.1,
    warmup: 300,
    /** Of the average of the weights, which is what is saved: about the last thousand steps. */
    averageDecay: 0.998,
  },
  sampling: {
    /** How often a concept's drawing is taken from a style, against the others that draw it; 1 unless named here. */
    styleWeights: { noto: 2, 'fluent-modern': 2, 'noto-line': 2 } as Record<string, number>,
    /** An epoch has every concept once, but of the flags, which only three styles draw, one in so many. */
    flagsEvery: 3,
    /** Every so many epochs, a batch has whole subgroups ("cat faces", "hand signs"): what is hard to tell apart. */
    clusteredEvery: 2,
    /** How often a caption is the label; the label and some tags; tags; the label and its subgroup. */
    captions: { label: 0.6, labelAndTags: 0.15, tags: 0.2, labelAndSubgroup: 0.05 },
    mostTags: 4,
    /** How often the caption stands in a template. */
    templated: 0.6,
    /** From step `from` (counted from 0) on, when names are half learned: kinds of things as captions, and pictures of nothing. */
    later: {
      from: 2600,
      captions: { label: 0.45, labelAndTags: 0.15, tags: 0.15, labelAndSubgroup: 0.05, kind: 0.2 },
      nothingPerBatch: 8,
    },
  },
  augmentation: {
    /** Degrees, either way. */
    rotation: 15,
    /** Of the drawing's size in the picture. */
    scale: [0.65, 1.1] as Range,
    /** Of width against height, either way, as a share. */
    stretch: 0.12,
    shear: 0.12,
    /** Of the picture's side, either way. */
    shift: 0.1,
    /** Turns of the colour circle, either way: small, because captions name colours. */
    hue: 0.04,
    saturation: [0.5, 1.5] as Range,
    brightness: [0.7, 1.25] as Range,
    /** How often each happens. */
    chance: {
      colour: 0.7,
      grey: 0.1,
      invert: 0.04,
      /** Line drawings with their inside in a colour. */
      tint: 0.5,
      /** Dark lines along the edges of a colour drawing. */
      outline: 0.25,
      /** Nothing but those lines. */
      linesOnly: 0.08,
      posterise: 0.15,
      /** A background of one colour, or of two that run into each other; else white. */
      plainBackground: 0.2,
      gradientBackground: 0.1,
      blur: 0.1,
      noise: 0.15,
    },
  },
};

export type Recipe = typeof recipe;

/** Around which captions are put in training; all of them together are the prompts of the evaluation. */
export const templates: readonly string[] = templateSets.drawings.templates;

/** @param vocabSize tokens that the vocabulary came to have */
export function clipConfig({ model }: Recipe, vocabSize: number): ClipConfig {
  const { vision, text, embedDim } = model;
  const shared = { activation: 'gelu', layerNormEpsilon: 1e-5 } as const;
  return {
    embedDim,
    vision: { ...vision, ...shared, kind: 'vit', mlpWidth: 4 * vision.width },
    text: { ...text, ...shared, mlpWidth: 4 * text.width, vocabSize, endToken: vocabSize - 1 },
    preprocess: {
      size: vision.imageSize,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      interpolation: 'bicubic',
      resizeMode: 'shortest',
      order: 'huggingface',
      background: [255, 255, 255],
    },
  };
}
