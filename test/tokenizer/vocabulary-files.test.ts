import assert from 'node:assert/strict';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { trainBpe } from '../../src/tokenizer/train-bpe.ts';
import { readVocabulary, type VocabularyFiles, writeVocabulary } from '../../src/tokenizer/vocabulary-files.ts';

const vocabulary = trainBpe(['a photo of a cat', 'a photo of a dog', 'the cat'], 521);
const written = writeVocabulary(vocabulary, 32) as Required<VocabularyFiles>;
const { 'vocab.json': vocab, 'merges.txt': merges, 'tokenizer.json': tokenizerJson } = written;

function sorted(ids: ReadonlyMap<string, number>): [string, number][] {
  return [...ids].sort((a, b) => a[1] - b[1]);
}

/** `tokenizer.json` with its parsed content changed. */
// biome-ignore lint/suspicious/noExplicitAny: any part of the file is changed
function changed(change: (root: any) => void): VocabularyFiles {
  const root = JSON.parse(tokenizerJson);
  change(root);
  return { 'tokenizer.json': JSON.stringify(root) };
}

describe('writeVocabulary()', () => {
  it('writes the five files of a model directory', () => {
    const names = ['merges.txt', 'special_tokens_map.json', 'tokenizer.json', 'tokenizer_config.json', 'vocab.json'];
    assert.deepEqual(Object.keys(written).sort(), names);
    assert.match(merges, /^#version: 0\.2\n/);
    assert.equal(JSON.parse(written['tokenizer_config.json']).model_max_length, 32);
  });
});

describe('readVocabulary()', () => {
  const sources: [what: string, files: VocabularyFiles][] = [
    ['all files', written],
    ['tokenizer.json', { 'tokenizer.json': tokenizerJson }],
    ['vocab.json and merges.txt', { 'vocab.json': vocab, 'merges.txt': merges }],
    [
      'merges.txt without a version line, with CRLF',
      { 'vocab.json': vocab, 'merges.txt': merges.replace(/^.*\n/, '').replaceAll('\n', '\r\n') },
    ],
    [
      'merges as strings',
      changed(({ model }) => {
        model.merges = model.merges.map((pair: string[]) => pair.join(' '));
      }),
    ],
    [
      'special tokens outside the vocabulary proper',
      changed(({ model }) => {
        delete model.vocab['<|endoftext|>'];
      }),
    ],
    [
      'a tokenizer.json without added tokens',
      changed((root) => {
        delete root.added_tokens;
      }),
    ],
  ];
  for (const [what, files] of sources) {
    it(`reads ${what}`, () => {
      const read = readVocabulary(files);
      assert.deepEqual(read.merges, vocabulary.merges);
      assert.deepEqual(sorted(read.ids), sorted(vocabulary.ids));
      assert.deepEqual([read.startToken, read.endToken], ['<|startoftext|>', '<|endoftext|>']);
      const text = 'a photo of the cats';
      assert.deepEqual(createTokenizer(read, 9).encode(text), createTokenizer(vocabulary, 9).encode(text));
    });
  }

  it('takes the special tokens that a config names, as a string or as an object', () => {
    const config = JSON.stringify({ bos_token: 'a', eos_token: { content: 'b', lstrip: false } });
    for (const name of ['tokenizer_config.json', 'special_tokens_map.json']) {
      const { startToken, endToken } = readVocabulary({ 'tokenizer.json': tokenizerJson, [name]: config });
      assert.deepEqual([startToken, endToken], ['a', 'b']);
    }
  });

  const broken: [what: string, files: VocabularyFiles, message: RegExp][] = [
    ['no files', {}, /expected tokenizer\.json, or vocab\.json and merges\.txt, but got none/],
    ['vocab.json alone', { 'vocab.json': vocab }, /got vocab\.json only$/],
    ['merges.txt alone', { 'merges.txt': merges }, /got merges\.txt only$/],
    ['broken JSON', { 'tokenizer.json': '{"model"' }, /^Cannot read tokenizer\.json: expected JSON/],
    ['an array', { 'tokenizer.json': '[]' }, /tokenizer\.json: expected a JSON object but got \[\]$/],
    ['an empty file', { 'tokenizer.json': '' }, /^Cannot read tokenizer\.json/],
    ['no model', { 'tokenizer.json': '{}' }, /tokenizer\.json: expected an object as model but got nothing/],
    [
      'another model',
      changed(({ model }) => {
        model.type = 'WordPiece';
      }),
      /type BPE but got "WordPiece"/,
    ],
    [
      'another suffix',
      changed(({ model }) => {
        model.end_of_word_suffix = null;
      }),
      /end_of_word_suffix but got null/,
    ],
    [
      'a merge of one token',
      changed(({ model }) => {
        model.merges[1] = ['ab'];
      }),
      /in merge 1 but got "ab"/,
    ],
    [
      'a merge of strangers',
      changed(({ model }) => {
        model.merges[0] = ['zz', 'z'];
      }),
      /tokenizer\.json: .*merge 0 .* "zz"/,
    ],
    [
      'no merges',
      changed(({ model }) => {
        model.merges = 'a b';
      }),
      /expected an array as merges/,
    ],
    [
      'an id that is no number',
      changed(({ model }) => {
        model.vocab.a = '7';
      }),
      /id of "a" but got "7"/,
    ],
    [
      'a hole in the ids',
      changed(({ model }) => {
        model.vocab.a = 4000;
      }),
      /from 0 to 520, one for each of 521 tokens, but got 4000 for "a"/,
    ],
    [
      'an id twice',
      changed(({ model }) => {
        model.vocab.a = model.vocab.b;
      }),
      /one for each of 521 tokens, but got \d+ for "a" and "b"/,
    ],
    [
      'two ids of a token',
      changed((root) => {
        root.added_tokens[0].id = 3;
      }),
      /one id for "<\|startoftext\|>" but got 519 and 3/,
    ],
    [
      'an added token without id',
      changed((root) => {
        delete root.added_tokens[0].id;
      }),
      /added_tokens with content and id/,
    ],
    [
      'a line that is no merge',
      { 'vocab.json': vocab, 'merges.txt': `${merges}a b c\n` },
      /merges\.txt: .* in line 9 but got "a b c"/,
    ],
    ['merges of strangers', { 'vocab.json': vocab, 'merges.txt': 'q zz' }, /merges\.txt: .*merge 0 \("q zz"\)/],
    [
      'GPT-2’s kind',
      { 'vocab.json': '{"a": 0}', 'merges.txt': '' },
      /vocab\.json: expected tokens that end in "<\/w>"/,
    ],
    [
      'a start token not there',
      { ...written, 'tokenizer_config.json': '{"bos_token": "<s>"}' },
      /tokenizer_config\.json: expected bos_token/,
    ],
  ];
  for (const [what, files, message] of broken) {
    it(`refuses ${what}`, () => assert.throws(() => readVocabulary(files), { name: 'SyntaxError', message }));
  }
});
