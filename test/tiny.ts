import { type ClipConfig, openaiPreprocess } from '../src/config.ts';

/** A CLIP small enough to check by the hundred: two blocks a tower, OpenAI's way of doing everything. */
export function tinyConfig(changes: Partial<ClipConfig> = {}): ClipConfig {
  const blocks = {
    width: 32,
    layers: 2,
    heads: 4,
    mlpWidth: 64,
    activation: 'quick_gelu',
    layerNormEpsilon: 1e-5,
  } as const;
  return {
    embedDim: 16,
    vision: { kind: 'vit', imageSize: 16, patchSize: 8, ...blocks },
    text: { contextLength: 12, vocabSize: 60, endToken: 'argmax', ...blocks },
    preprocess: openaiPreprocess(16),
    ...changes,
  };
}
