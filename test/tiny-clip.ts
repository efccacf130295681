import type { Clip } from '../src/clip.ts';
import { createTokenizer } from '../src/tokenizer/tokenizer.ts';
import { vocabularyOf } from '../src/tokenizer/vocabulary.ts';
import { initClip } from '../src/weights/init.ts';
import { tinyConfig } from './tiny.ts';

/** A tiny CLIP that reads words, letter by letter: each byte is a token. The same seed gives the same model. */
export function tinyClip(seed = 5, contextLength = 77): Clip {
  const vocabulary = vocabularyOf([], '<|startoftext|>', '<|endoftext|>');
  const config = tinyConfig();
  const text = { ...config.text!, contextLength, vocabSize: vocabulary.ids.size };
  return initClip({ ...config, text }, seed, () => createTokenizer(vocabulary, contextLength));
}
