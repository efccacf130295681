/** Hugging Face's `tokenizer.json`: the whole tokenizer in one file, as the PyPI package `tokenizers` saves it. */
import { arrayAt, isObject, type JsonObject, objectAt, parseObject, shown } from './json-object.ts';
import { endOfWord, type Vocabulary } from './vocabulary.ts';

const file = 'tokenizer.json';

/**
 * The tokens and merges in a `tokenizer.json`. Throws a SyntaxError for anything malformed and for another kind than
 * CLIP's.
 */
export function readTokenizerJson(content: string): { ids: Map<string, number>; merges: string[] } {
  const root = parseObject(content, file);
  const model = objectAt(root, 'model', file);
  if (model.type !== undefined && model.type !== 'BPE') {
    throw new SyntaxError(`Cannot read ${file}: expected a model of type BPE but got ${shown(model.type)}`);
  }
  if (model.end_of_word_suffix !== endOfWord) {
    const suffix = shown(model.end_of_word_suffix);
    throw new SyntaxError(
      `Cannot read ${file}: expected "${endOfWord}", CLIP's, as end_of_word_suffix but got ${suffix}`,
    );
  }
  const ids = readIds(objectAt(model, 'vocab', file), file);
  for (const added of root.added_tokens == null ? [] : arrayAt(root, 'added_tokens', file)) addToken(ids, added);
  const merges = arrayAt(model, 'merges', file).map((merge, rank) =>
    readMerge(Array.isArray(merge) ? merge.join(' ') : merge, `merge ${rank}`, file),
  );
  return { ids, merges };
}

function addToken(ids: Map<string, number>, added: unknown): void {
  const { content, id }: JsonObject = isObject(added) ? added : {};
  if (typeof content !== 'string' || typeof id !== 'number') {
    throw new SyntaxError(`Cannot read ${file}: expected added_tokens with content and id but got ${shown(added)}`);
  }
  if ((ids.get(content) ?? id) !== id) {
    throw new SyntaxError(
      `Cannot read ${file}: expected one id for "${content}" but got ${ids.get(content)} and ${id}`,
    );
  }
  ids.set(content, id);
}

/** An object of tokens and their ids as a map. Throws a SyntaxError that names `file` for an id that is no number. */
export function readIds(vocab: JsonObject, file: string): Map<string, number> {
  for (const [token, id] of Object.entries(vocab)) {
    if (typeof id === 'number') continue;
    throw new SyntaxError(`Cannot read ${file}: expected a number as the id of "${token}" but got ${shown(id)}`);
  }
  return new Map(Object.entries(vocab) as [string, number][]);
}

/** Checks that a merge is two tokens with a space between; `where` and `file` are for the SyntaxError. */
export function readMerge(merge: unknown, where: string, file: string): string {
  if (typeof merge === 'string' && /^[^ ]+ [^ ]+$/.test(merge)) return merge;
  throw new SyntaxError(
    `Cannot read ${file}: expected two tokens and a space between in ${where} but got ${shown(merge)}`,
  );
}

/**
 * The `tokenizer.json` that transformers 5 would save: normaliser, pattern, merges, and the start and end tokens around
 * each text.
 */
export function tokenizerJson({ merges, ids, startToken, endToken }: Vocabulary): string {
  const special = (content: string) => ({
    id: ids.get(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const escaped = [startToken, endToken].map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const words = [...escaped, "'s|'t|'re|'ve|'m|'ll|'d", '[\\p{L}]+', '[\\p{N}]', '[^\\s\\p{L}\\p{N}]+'].join('|');
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [startToken, endToken].map(special).sort((a, b) => a.id! - b.id!),
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
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [endToken, ids.get(endToken)],
      cls: [startToken, ids.get(startToken)],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
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
      merges: merges.map((merge) => merge.split(' ')),
    },
  });
}
