import { announce } from '../../announce.ts';
import type { Clip } from '../../clip.ts';
import { openaiVocabSize } from '../../config.ts';
import { ModelError } from '../../errors.ts';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import { trainBpe } from '../../tokenizer/train-bpe.ts';
import { openaiVocabulary, type Vocabulary } from '../../tokenizer/vocabulary.ts';
import { readVocabulary } from '../../tokenizer/vocabulary-files.ts';
import { initClip } from '../../weights/init.ts';
import { readOpenClipConfig } from '../../weights/open-clip-config.ts';
import { readVocabularyFiles } from '../../weights/resolve-tokenizer.ts';
import { filesAt } from '../load.ts';

/**
 * A model with random weights for a config that has open_clip's `model_cfg`. Its vocabulary is that of the given directory;
 * else OpenAI's, where `vocab_size` is OpenAI's; else one of `vocab_size` tokens that is learned from the captions.
 * @param config the file's text
 * @param tokenizer a directory with tokenizer files
 * @throws SyntaxError on a config that is none, ModelError where the vocabulary does not fit
 */
export async function newModel(
  config: string,
  tokenizer: string | undefined,
  captions: Iterable<string> | AsyncIterable<string>,
  seed: number,
): Promise<Clip> {
  const asked = readOpenClipConfig(config);
  const { text } = asked;
  if (!text) throw new ModelError('Cannot train: expected a text tower (text_cfg) in the config');
  const vocabulary = await chooseVocabulary(text.vocabSize, tokenizer, captions);
  const found = vocabulary.ids.size;
  if (tokenizer !== undefined && found !== text.vocabSize)
    throw new ModelError(
      `Cannot train: the tokenizer of ${tokenizer} has ${found} tokens but vocab_size is ${text.vocabSize}; write ${found} there`,
    );
  if (found !== text.vocabSize)
    announce(`the captions give ${found} tokens, not ${text.vocabSize}: no pair of tokens is left that occurs twice`);
  const fitting = { ...asked, text: { ...text, vocabSize: found } };
  return initClip(fitting, seed, () => createTokenizer(vocabulary, text.contextLength));
}

async function chooseVocabulary(
  size: number,
  tokenizer: string | undefined,
  captions: Iterable<string> | AsyncIterable<string>,
): Promise<Vocabulary> {
  if (tokenizer !== undefined)
    return readVocabulary((await readVocabularyFiles(filesAt(tokenizer, tokenizer, true))) ?? {});
  if (size !== openaiVocabSize) return trainBpe(await gathered(captions), size);
  announce(`vocab_size ${size} is that of OpenAI's vocabulary, so that is used`);
  return openaiVocabulary();
}

async function gathered(captions: Iterable<string> | AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const caption of captions) all.push(caption);
  return all;
}
