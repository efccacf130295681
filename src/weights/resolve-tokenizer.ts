import { announce } from '../announce.ts';
import { openaiVocabSize, type TextConfig } from '../config.ts';
import { ModelError } from '../errors.ts';
import type { Towers } from '../parameters.ts';
import { createTokenizer, type Tokenizer } from '../tokenizer/tokenizer.ts';
import { openaiVocabulary } from '../tokenizer/vocabulary.ts';
import { readVocabulary, type VocabularyFiles } from '../tokenizer/vocabulary-files.ts';
import { type ModelFiles, type OpenModel, readText } from './open-model.ts';

/** Where a model's vocabulary was found, and the tokenizer, which is built on first use; `make` throws where none fits. */
export type FoundTokenizer = { source: string; make: () => Tokenizer };

/**
 * Finds the model's vocabulary: its directory's own files, else OpenAI's where the size fits. Reads what is needed now;
 * the tokenizer itself is built on first use, so a model that fits no tokenizer loads and encodes ids all the same.
 */
export async function resolveTokenizer(
  files: ModelFiles,
  { label, layout, config: { text } }: OpenModel,
  towers: Towers,
): Promise<FoundTokenizer> {
  if (!text || towers === 'image') return none(label, "the text tower is not loaded; load it with towers: 'both'");
  const own = files.weightsFile === undefined ? await readVocabularyFiles(files) : undefined;
  if (own) {
    const make = () => checkEndToken(label, createTokenizer(readVocabulary(own), text.contextLength), text);
    return { source: Object.keys(own).join(', '), make };
  }
  if (text.vocabSize !== openaiVocabSize) {
    return none(
      label,
      `${text.vocabSize} tokens are not OpenAI's ${openaiVocabSize}, and no tokenizer files are beside it`,
    );
  }
  if (layout === 'huggingface') announce(`${label} has no tokenizer files: using OpenAI's vocabulary`);
  const vocabulary = await openaiVocabulary();
  const make = () => checkEndToken(label, createTokenizer(vocabulary, text.contextLength), text);
  return { source: "OpenAI's vocabulary, which is built in", make };
}

function none(label: string, reason: string): FoundTokenizer {
  return { source: `none: ${reason}`, make: () => refuse(label, reason) };
}

/** Tokenizer files by their names; undefined where there is no vocabulary among them. */
export async function readVocabularyFiles({ open }: Pick<ModelFiles, 'open'>): Promise<VocabularyFiles | undefined> {
  const names = [
    'merges.txt',
    'vocab.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'special_tokens_map.json',
  ] as const;
  const files: VocabularyFiles = {};
  for (const name of names) {
    const content = await readText(open, name);
    if (content !== undefined) files[name] = content;
  }
  return Object.keys(files).some((name) => /vocab|merges|tokenizer\.json/.test(name)) ? files : undefined;
}

/** The encoder reads the feature where the text ends: both must mean the same token. */
function checkEndToken(label: string, tokenizer: Tokenizer, { vocabSize, endToken }: TextConfig): Tokenizer {
  const { endId } = tokenizer;
  const bytesAndControls = 514;
  if (tokenizer.vocabulary.merges.length === 0 && tokenizer.vocabSize > bytesAndControls) {
    refuse(label, `its vocabulary has ${tokenizer.vocabSize} tokens but no merges that make them`);
  }
  if (tokenizer.vocabSize > vocabSize) {
    refuse(label, `its tokenizer has ${tokenizer.vocabSize} tokens but its embedding ${vocabSize}`);
  }
  if (endToken === 'argmax' ? endId !== tokenizer.vocabSize - 1 : endId !== endToken) {
    const read = endToken === 'argmax' ? 'the highest id' : `id ${endToken}`;
    refuse(label, `its tokenizer ends a text with id ${endId}, but the model reads the text's feature at ${read}`);
  }
  return tokenizer;
}

function refuse(label: string, reason: string): never {
  throw new ModelError(`Cannot tokenize for ${label}: ${reason}`);
}
