import { endOfWord, type Vocabulary } from './vocabulary.ts';

/** The contents of a model directory's tokenizer files, as transformers names them. */
export type VocabularyFiles = {
  'merges.txt'?: string;
  'vocab.json'?: string;
  'tokenizer.json'?: string;
  'tokenizer_config.json'?: string;
  'special_tokens_map.json'?: string;
};

/**
 * Reads a vocabulary from `vocab.json` with `merges.txt`, or from `tokenizer.json`.
 * @throws SyntaxError that names the file, on anything that is not a whole byte-level BPE vocabulary
 */
export function readVocabulary(files: VocabularyFiles): Vocabulary {
  const { ids, merges, source } = readTokens(files);
  checkIds(ids, source);
  checkMerges(ids, merges, source);
  const startToken = specialToken(files, 'bos_token') ?? '<|startoftext|>';
  const endToken = specialToken(files, 'eos_token') ?? '<|endoftext|>';
  for (const token of [startToken, endToken]) {
    if (!ids.has(token)) fail(source, `the control token ${token} has no id`);
  }
  return { merges, ids, startToken, endToken };
}

type Tokens = { ids: Map<string, number>; merges: string[]; source: string };

function readTokens(files: VocabularyFiles): Tokens {
  const vocab = files['vocab.json'];
  const merges = files['merges.txt'];
  if (vocab !== undefined && merges !== undefined) {
    const lines = merges
      .split(/\r?\n/)
      .filter((line, index) => line !== '' && !(index === 0 && line.startsWith('#version')));
    return { ids: idMap(parse('vocab.json', vocab), 'vocab.json'), merges: lines, source: 'vocab.json and merges.txt' };
  }
  const source = 'tokenizer.json';
  if (files[source] === undefined) fail('the vocabulary', 'expected vocab.json and merges.txt, or tokenizer.json');
  const { model, added_tokens: added = [] } = parse(source, files[source]) as TokenizerJson;
  if (model?.type !== 'BPE' || model.end_of_word_suffix !== endOfWord || !Array.isArray(model.merges)) {
    fail(source, `expected a BPE model with the suffix ${endOfWord}`);
  }
  const ids = idMap(model.vocab, source);
  for (const { content, id } of added) ids.set(content, id);
  const pairs = model.merges.map((pair) => (Array.isArray(pair) ? pair.join(' ') : pair));
  return { ids, merges: pairs, source };
}

type TokenizerJson = {
  model?: { type?: string; end_of_word_suffix?: string; vocab?: unknown; merges?: (string | [string, string])[] };
  added_tokens?: { content: string; id: number }[];
};

function idMap(vocab: unknown, source: string): Map<string, number> {
  if (typeof vocab !== 'object' || vocab === null || Array.isArray(vocab))
    fail(source, 'expected tokens with their ids');
  return new Map(Object.entries(vocab as Record<string, number>));
}

/** Ids must be 0, 1, 2 ...: a hole would be a row of the embedding that nothing reaches, two tokens of one id a mistake. */
function checkIds(ids: ReadonlyMap<string, number>, source: string): void {
  const owners: (string | undefined)[] = new Array(ids.size).fill(undefined);
  for (const [token, id] of ids) {
    if (!Number.isSafeInteger(id) || id < 0 || id >= ids.size) {
      fail(source, `expected ids 0 to ${ids.size - 1} but '${token}' has ${JSON.stringify(id)}`);
    }
    if (owners[id] !== undefined) fail(source, `'${owners[id]}' and '${token}' both have id ${id}`);
    owners[id] = token;
  }
}

function checkMerges(ids: ReadonlyMap<string, number>, merges: readonly string[], source: string): void {
  for (const pair of merges) {
    const parts = typeof pair === 'string' ? pair.split(' ') : [];
    if (parts.length !== 2) fail(source, `expected a merge of two tokens but got ${JSON.stringify(pair)}`);
    const unknown = [...parts, parts.join('')].find((token) => !ids.has(token));
    if (unknown !== undefined) fail(source, `merge '${pair}' needs token '${unknown}', which has no id`);
  }
}

/** Given as a string, or as an object with its content. */
function specialToken(files: VocabularyFiles, key: 'bos_token' | 'eos_token'): string | undefined {
  for (const name of ['special_tokens_map.json', 'tokenizer_config.json'] as const) {
    const file = files[name];
    const value = file === undefined ? undefined : (parse(name, file) as Record<string, unknown>)[key];
    if (typeof value === 'string') return value;
    if (typeof value === 'object' && value !== null && 'content' in value) return String(value.content);
  }
  return undefined;
}

function parse(source: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    fail(source, (error as Error).message);
  }
  return fail(source, 'expected a JSON object');
}

function fail(source: string, reason: string): never {
  throw new SyntaxError(`Cannot read ${source}: ${reason}`);
}

/**
 * Writes a vocabulary as the files from which transformers' CLIPTokenizer, old and new, and open_clip read it.
 * @returns file contents by name
 */
export function writeVocabulary(vocabulary: Vocabulary, contextLength: number): Record<string, string> {
  const { ids, merges, startToken, endToken } = vocabulary;
  const special = { bos_token: startToken, eos_token: endToken, pad_token: endToken, unk_token: endToken };
  const config = { tokenizer_class: 'CLIPTokenizer', model_max_length: contextLength, ...special };
  return {
    'vocab.json': JSON.stringify(Object.fromEntries(ids)),
    'merges.txt': `${['#version: 0.2', ...merges].join('\n')}\n`,
    'tokenizer.json': JSON.stringify(tokenizerJson(vocabulary)),
    'tokenizer_config.json': `${JSON.stringify(config, null, 2)}\n`,
    'special_tokens_map.json': `${JSON.stringify(special, null, 2)}\n`,
  };
}

/** The pipeline of transformers' CLIPTokenizer, as the `tokenizers` library writes it. */
function tokenizerJson({ ids, merges, startToken, endToken }: Vocabulary): object {
  const special = (content: string) => ({
    id: ids.get(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const byteLevel = { type: 'ByteLevel', trim_offsets: true, use_regex: true };
  const words = "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(startToken), special(endToken)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: words }, behavior: 'Removed', invert: true },
        { ...byteLevel, add_prefix_space: false },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [endToken, ids.get(endToken)],
      cls: [startToken, ids.get(startToken)],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { ...byteLevel, add_prefix_space: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: endToken,
      continuing_subword_prefix: '',
      end_of_word_suffix: endOfWord,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(ids),
      merges: merges.map((pair) => pair.split(' ')),
    },
  };
}
