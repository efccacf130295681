import { parseObject, shown } from './json-object.ts';
import { readIds, readMerge, readTokenizerJson, tokenizerJson } from './tokenizer-json.ts';
import { endOfWord, mergeTable, type Vocabulary } from './vocabulary.ts';

/** The tokenizer files of a model directory, by name, as text. */
export type VocabularyFiles = {
  'merges.txt'?: string;
  'vocab.json'?: string;
  'tokenizer.json'?: string;
  'tokenizer_config.json'?: string;
  'special_tokens_map.json'?: string;
};

/**
 * Reads a model's own vocabulary: `tokenizer.json`, or else `vocab.json` with `merges.txt`. The start and end tokens
 * are those named in `tokenizer_config.json` or `special_tokens_map.json`, else those of OpenAI or open_clip.
 * Throws a SyntaxError that names the file for anything malformed, for a merge of or into something that is no token,
 * for ids that are not 0 to n - 1, and for a tokenizer of another kind than CLIP's.
 */
export function readVocabulary(files: VocabularyFiles): Vocabulary {
  const content = files['tokenizer.json'];
  const { ids, merges } =
    content === undefined ? readVocabAndMerges(files['vocab.json'], files['merges.txt']) : readTokenizerJson(content);
  checkIds(ids, content === undefined ? 'vocab.json' : 'tokenizer.json');
  const vocabulary = {
    merges,
    ids,
    startToken: specialToken(files, 'bos_token', ids, ['<|startoftext|>', '<start_of_text>']),
    endToken: specialToken(files, 'eos_token', ids, ['<|endoftext|>', '<end_of_text>']),
  };
  try {
    mergeTable(vocabulary);
  } catch (cause) {
    const file = content === undefined ? 'merges.txt' : 'tokenizer.json';
    throw new SyntaxError(`Cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
  return vocabulary;
}

function readVocabAndMerges(
  vocab: string | undefined,
  mergesText: string | undefined,
): { ids: Map<string, number>; merges: string[] } {
  if (vocab === undefined || mergesText === undefined) {
    const got = vocab !== undefined ? 'vocab.json only' : mergesText !== undefined ? 'merges.txt only' : 'none of them';
    throw new SyntaxError(
      `Cannot read vocabulary: expected tokenizer.json, or vocab.json and merges.txt, but got ${got}`,
    );
  }
  const ids = readIds(parseObject(vocab, 'vocab.json'), 'vocab.json');
  if (![...ids.keys()].some((token) => token.length > endOfWord.length && token.endsWith(endOfWord))) {
    throw new SyntaxError(
      `Cannot read vocab.json: expected tokens that end in "${endOfWord}" as CLIP's do but got none`,
    );
  }
  const lines = mergesText.split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  const merges = lines.flatMap((line, i) =>
    i === 0 && line.startsWith('#version') ? [] : readMerge(line, `line ${i + 1}`, 'merges.txt'),
  );
  return { ids, merges };
}

/** Ids number the rows of the embedding table: each of 0 to n - 1 once. */
function checkIds(ids: ReadonlyMap<string, number>, file: string): void {
  const expected = `Cannot read ${file}: expected ids from 0 to ${ids.size - 1}, one for each of ${ids.size} tokens`;
  const tokens = new Map<number, string>();
  for (const [token, id] of ids) {
    const other = tokens.get(id);
    if (other !== undefined) throw new SyntaxError(`${expected}, but got ${id} for "${other}" and "${token}"`);
    if (!Number.isInteger(id) || id < 0 || id >= ids.size) {
      throw new SyntaxError(`${expected}, but got ${id} for "${token}"`);
    }
    tokens.set(id, token);
  }
}

/** The token that a config file names, else the first of `usual` that is in the vocabulary. */
function specialToken(
  files: VocabularyFiles,
  key: 'bos_token' | 'eos_token',
  ids: ReadonlyMap<string, number>,
  usual: readonly string[],
): string {
  for (const file of ['tokenizer_config.json', 'special_tokens_map.json'] as const) {
    const content = files[file];
    const named = content === undefined ? undefined : parseObject(content, file)[key];
    if (named === undefined || named === null) continue;
    const token = typeof named === 'object' && 'content' in named ? named.content : named;
    if (typeof token === 'string' && ids.has(token)) return token;
    throw new SyntaxError(`Cannot read ${file}: expected ${key} to be in the vocabulary but got ${shown(named)}`);
  }
  const found = usual.find((token) => ids.has(token));
  if (found !== undefined) return found;
  throw new SyntaxError(
    `Cannot read vocabulary: expected ${usual.join(' or ')} in it but got neither; ` +
      `name its ${key} in tokenizer_config.json`,
  );
}

/**
 * The files that let transformers (`CLIPTokenizer`, `AutoTokenizer`) and open_clip open the vocabulary: file name to
 * content. They give the same ids for ordinary text; they do not mend broken text, and they take special tokens in a
 * text for what they say.
 * @param contextLength ids per text, start and end included
 */
export function writeVocabulary(vocabulary: Vocabulary, contextLength: number): Record<string, string> {
  const { merges, ids, startToken, endToken } = vocabulary;
  const special = { bos_token: startToken, eos_token: endToken, pad_token: endToken, unk_token: endToken };
  return {
    'vocab.json': JSON.stringify(Object.fromEntries(ids)),
    'merges.txt': ['#version: 0.2', ...merges, ''].join('\n'),
    'tokenizer_config.json': JSON.stringify(
      { ...special, model_max_length: contextLength, tokenizer_class: 'CLIPTokenizer' },
      null,
      2,
    ),
    'special_tokens_map.json': JSON.stringify(special, null, 2),
    'tokenizer.json': tokenizerJson(vocabulary),
  };
}
