import type { Clip } from '../clip.ts';
import { dot, type EmbedTextOptions, embedTexts } from '../embed.ts';

/** What no class is about, as directions that compete with the classes. */
export type Background = {
  prompts: readonly string[];
  /** One unit vector [embedDim] per prompt. */
  weights: readonly Float32Array[];
};

/**
 * Neutral prompts: what can be said of a picture that shows nothing in particular, or of any picture. That prompts which name no
 * class take up what fits none is the idea of Lee et al. 2024 (CMA, arXiv 2405.16766), who put them into the softmax, and of Jiang et
 * al. 2024 (NegLabel, arXiv 2403.20078), who take thousands of words. This list is our own.
 */
export const neutralPrompts: readonly string[] = [
  'nothing',
  'noise',
  'random noise',
  'a blank picture',
  'a plain colour',
  'a pattern',
  'a texture',
  'stripes',
  'an abstract shape',
  'a photo',
  'a picture',
  'a picture of something',
];

/** @returns the neutral prompts as the model sees them, each a direction of its own */
export async function buildBackground(
  clip: Clip,
  { onProgress: _, ...options }: EmbedTextOptions = {},
): Promise<Background> {
  return { prompts: neutralPrompts, weights: await embedTexts(clip, neutralPrompts, options) };
}

/** The highest cosine of a picture's unit vector with a neutral prompt. */
export function backgroundCosine(row: Float32Array, { weights }: Background): number {
  return weights.reduce((most, direction) => Math.max(most, dot(row, direction)), -1);
}
