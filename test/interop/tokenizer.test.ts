import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { characterEntities } from 'character-entities';
import { characterEntitiesLegacy } from 'character-entities-legacy';
import { cleanText } from '../../src/tokenizer/clean-text.ts';
import { createTokenizer, type Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import { trainBpe } from '../../src/tokenizer/train-bpe.ts';
import { openaiVocabulary, type Vocabulary } from '../../src/tokenizer/vocabulary.ts';
import { readVocabulary, writeVocabulary } from '../../src/tokenizer/vocabulary-files.ts';
import { runPython } from './python.ts';

function python<T>(...args: string[]): T {
  return JSON.parse(runPython('tokenizer.py', ...args)) as T;
}

describe('tokenizer beside Python', () => {
  let vocabulary: Vocabulary;
  let tokenizer: Tokenizer;
  let directory: string;

  before(async () => {
    vocabulary = await openaiVocabulary();
    tokenizer = createTokenizer(vocabulary, 77);
    directory = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  });

  after(() => rmSync(directory, { recursive: true }));

  it('has the merges of the original vocabulary file and the entities of html.entities', () => {
    const { merges, entities } = python<{ merges: string[]; entities: Record<string, string> }>('data');
    assert.deepEqual(vocabulary.merges, merges);
    const named = Object.entries(characterEntities).map(([name, character]) => [`${name};`, character]);
    const legacy = characterEntitiesLegacy.map((name) => [name, characterEntities[name]]);
    assert.deepEqual(Object.fromEntries([...named, ...legacy]), entities);
  });

  it('cleans, encodes and decodes 10,000 random strings as OpenAI does, half of them mojibake', () => {
    type Row = [text: string, cleaned: string, ids: number[], decoded: string];
    const { rows, mojibake, skipped } = python<{ rows: Row[]; mojibake: number; skipped: number }>(
      'fuzz',
      '1',
      '10000',
    );
    assert.equal(rows.length, 10_000);
    assert.ok(mojibake > 4000, `expected more than 4000 rows of mojibake but got ${mojibake}`);
    assert.ok(skipped < 200, `expected few texts beyond Python's Unicode version but got ${skipped}`);
    for (const [text, cleaned, ids, decoded] of rows) {
      assert.equal(cleanText(text), cleaned, JSON.stringify(text));
      assert.deepEqual(tokenizer.encode(text, { allowSpecialTokens: true }), ids, JSON.stringify(text));
      assert.equal(tokenizer.decode(ids), decoded, JSON.stringify(ids));
    }
  });

  it('decodes random ids, mostly invalid UTF-8, as OpenAI does', () => {
    for (const [ids, decoded] of python<[number[], string][]>('decode', '1', '10000')) {
      assert.equal(tokenizer.decode(ids), decoded, JSON.stringify(ids));
    }
  });

  // Lower case is that of each side's own Unicode version: Python 3.11 leaves a capital of Unicode 16 as it is. All else
  // must be equal.
  it('cleans and encodes every code point as OpenAI does, except capitals that one side does not know yet', () => {
    type Result = { unicode: string; checksums: number[]; unassigned: [number, number][] };
    const { unicode, checksums, unassigned } = python<Result>('codepoints');
    assert.equal(checksums.length, 0x110000);
    const different = checksums.flatMap((checksum, code) => {
      const forms = [String.fromCodePoint(code), `a${String.fromCodePoint(code)}b`];
      const encoded = forms.map(
        (form) => `${cleanText(form)}|${tokenizer.encode(form, { allowSpecialTokens: true }).join(',')}`,
      );
      return crc32(encoded.join('|')) === checksum ? [] : [code];
    });
    const isNew = (code: number) =>
      unassigned.some(([first, last]) => code >= first && code <= last) || /\p{Cn}/u.test(String.fromCodePoint(code));
    const unexplained = different.filter((code) => !isNew(code)).map((code) => code.toString(16));
    assert.deepEqual(unexplained, []);
    assert.ok(different.length < 100, `expected fewer than 100 new capitals but got ${different.length}`);
    console.log(
      `      ${different.length} capitals differ: Python has Unicode ${unicode}, Node ${process.versions.unicode}`,
    );
  });

  const texts = [
    'a photo of a cat',
    "It's 2016: they'll've\tgone!",
    'naïve café, Ünïcödé 日本語 😀',
    '',
    'x'.repeat(40),
  ];

  function save(written: Vocabulary, contextLength: number): void {
    for (const [name, content] of Object.entries(writeVocabulary(written, contextLength))) {
      writeFileSync(join(directory, name), content);
    }
  }

  for (const [name, load] of [
    ["OpenAI's vocabulary", openaiVocabulary],
    ['a trained vocabulary', async () => trainBpe(texts.concat(texts), 600)],
    [
      'a vocabulary with other special tokens',
      async () => withSpecialTokens(trainBpe(texts.concat(texts), 560), '[start]', '(end)'),
    ],
  ] as const) {
    it(`writes ${name} so that transformers and open_clip open it`, async () => {
      const written = await load();
      save(written, 77);
      const { open_clip: padded, ...opened } = python<Record<string, number[][]>>(
        'open',
        directory,
        JSON.stringify(texts),
      );
      const ours = createTokenizer(written, 77);
      const expected = texts.map((text) => [ours.startId, ...ours.encode(text), ours.endId]);
      for (const [kind, ids] of Object.entries(opened)) assert.deepEqual(ids, expected, kind);
      const rows = expected.map((ids) => [...ids, ...Array(77 - ids.length).fill(ours.endId)]);
      assert.deepEqual(padded, rows);
    });
  }

  it('reads the tokenizer.json that transformers writes', () => {
    runPython('tokenizer.py', 'save', directory);
    const files = Object.fromEntries(
      ['tokenizer.json', 'tokenizer_config.json'].map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
    );
    const read = readVocabulary(files);
    assert.deepEqual(read.merges, vocabulary.merges);
    assert.deepEqual([...read.ids].sort(), [...vocabulary.ids].sort());
    assert.deepEqual([read.startToken, read.endToken], [vocabulary.startToken, vocabulary.endToken]);
  });
});

function withSpecialTokens({ merges, ids, startToken, endToken }: Vocabulary, start: string, end: string): Vocabulary {
  const renamed = new Map([
    [startToken, start],
    [endToken, end],
  ]);
  return {
    merges,
    ids: new Map([...ids].map(([token, id]) => [renamed.get(token) ?? token, id])),
    startToken: start,
    endToken: end,
  };
}
