import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { TextTooLongError } from '../../src/errors.ts';
import { cleanText } from '../../src/tokenizer/clean-text.ts';
import { createTokenizer, type Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import { openaiVocabulary, type Vocabulary, vocabularyFromMerges } from '../../src/tokenizer/vocabulary.ts';
import { readVocabulary, writeVocabulary } from '../../src/tokenizer/vocabulary-files.ts';
import { goldens } from '../golden.ts';

type Row = { text: string; cleaned: string; ids: number[]; decoded: string };

let tokenizer: Tokenizer;
before(async () => {
  tokenizer = createTokenizer(await openaiVocabulary(), 77);
});

describe("OpenAI's tokenizer", () => {
  it('gives the reference in every row of the golden file', async () => {
    const { rows } = JSON.parse(await readFile(join(goldens, 'tokenizer', 'tokenizer.json'), 'utf8')) as {
      rows: Row[];
    };
    assert.ok(rows.length > 100);
    for (const { text, cleaned, ids, decoded } of rows) {
      assert.equal(cleanText(text), cleaned);
      assert.deepEqual(tokenizer.encode(text, { allowSpecialTokens: true }), ids, text);
      assert.equal(tokenizer.decode(ids), decoded);
    }
  });

  const published: [text: string, ids: number[]][] = [
    ['Hello World!', [3306, 1002, 256]],
    ["You should've done this", [592, 1535, 1200, 1700, 589]],
    ['UNwantéd,running', [569, 18356, 3459, 323, 267, 2761]],
    ["A\n'll !!to?'d''d of, can't.", [320, 1342, 748, 531, 13610, 323, 8445, 323, 539, 267, 753, 713, 269]],
    ['2016', [273, 271, 272, 277]],
  ];
  for (const [text, ids] of published) {
    it(`encodes ${JSON.stringify(text)}`, () => assert.deepEqual(tokenizer.encode(text), ids));
  }

  it('knows 49,408 tokens, the control tokens last', () => {
    assert.deepEqual([tokenizer.vocabSize, tokenizer.startId, tokenizer.endId], [49408, 49406, 49407]);
  });

  it('lets control tokens act only when asked', () => {
    const text = 'a <|endoftext|> b';
    assert.deepEqual(tokenizer.encode(text, { allowSpecialTokens: true }), [320, 49407, 321]);
    const ordinary = tokenizer.encode(text);
    assert.ok(ordinary.every((id) => id < 49406) && ordinary.length > 3);
    assert.equal(tokenizer.decode(ordinary), 'a <| endoftext |> b ');
  });

  it('throws nothing on any string, lone surrogates included, and gives ids that decode to what it read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const ids = tokenizer.encode(text);
        assert.ok(ids.every((id) => id >= 0 && id < 49406));
        assert.equal(tokenizer.decode(ids).replaceAll(' ', ''), cleanText(text).replace(/ |\u0345|<\/w>/gu, ''));
      }),
      { numRuns: 2000 },
    );
    assert.deepEqual(tokenizer.encode('\ud800'), tokenizer.encode('\ufffd'));
  });

  it('takes a word of 100,000 letters', () => {
    const word = Array.from({ length: 100_000 }, (_, i) => 'etaoinshrdlucm'[(i * i * 7 + i * 13) % 14]).join('');
    const start = performance.now();
    assert.ok(tokenizer.encode(word).length > 10_000);
    assert.ok(performance.now() - start < 20_000);
  });
});

describe('tokenize()', () => {
  it('makes rows of start, ids, end and zeros', () => {
    const { ids, shape } = createTokenizer(tokenizer.vocabulary, 6).tokenize(['a cat', 'the']);
    assert.deepEqual(shape, [2, 6]);
    assert.deepEqual([...ids], [49406, 320, 2368, 49407, 0, 0, 49406, 518, 49407, 0, 0, 0]);
  });

  it('throws with the count on a text that is too long, and cuts it when asked, keeping the end', () => {
    const short = createTokenizer(tokenizer.vocabulary, 4);
    assert.throws(
      () => short.tokenize(['a', 'a cat and a dog']),
      (error) =>
        error instanceof TextTooLongError &&
        error.tokens === 7 &&
        /text 1 \('a cat and a dog'\): it has 7 tokens, .* holds 4; shorten it or pass truncate: true/.test(
          error.message,
        ),
    );
    assert.deepEqual([...short.tokenize('a cat and a dog', { truncate: true }).ids], [49406, 320, 2368, 49407]);
  });

  it('names what is wrong with its input', () => {
    assert.throws(() => tokenizer.tokenize([5 as unknown as string]), /expected a string but got number/);
    assert.throws(() => createTokenizer(tokenizer.vocabulary, 1), /contextLength to be 2 or more but got 1/);
    assert.throws(() => tokenizer.decode([49408]), /no id 49408/);
  });
});

describe('readVocabulary()', () => {
  const tiny: Vocabulary = vocabularyFromMerges(['a b', 'ab c</w>']);
  const files = writeVocabulary(tiny, 8);
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));

  it('reads back what writeVocabulary wrote, from either form', () => {
    for (const form of [files, without('tokenizer.json'), without('vocab.json', 'merges.txt')]) {
      const read = readVocabulary(form);
      assert.deepEqual(read.merges, tiny.merges);
      assert.deepEqual(new Map([...read.ids].sort(([, one], [, other]) => one - other)), tiny.ids);
      assert.deepEqual([read.startToken, read.endToken], [tiny.startToken, tiny.endToken]);
      assert.deepEqual(createTokenizer(read, 8).encode('abc'), [513]);
    }
  });

  it('takes merges as strings or as pairs, and control tokens as objects', () => {
    const json = JSON.parse(files['tokenizer.json'] as string);
    json.model.merges = json.model.merges.map((pair: string[]) => pair.join(' '));
    const config = JSON.stringify({
      bos_token: { content: '<|startoftext|>' },
      eos_token: { content: '<|endoftext|>' },
    });
    const read = readVocabulary({ 'tokenizer.json': JSON.stringify(json), 'tokenizer_config.json': config });
    assert.deepEqual(read.merges, tiny.merges);
  });

  const changed = (change: (ids: Record<string, number>) => void) => {
    const ids = JSON.parse(files['vocab.json'] as string);
    change(ids);
    return { ...without('tokenizer.json'), 'vocab.json': JSON.stringify(ids) };
  };
  const bad: [what: string, files: Record<string, string>, message: RegExp][] = [
    ['nothing', {}, /expected vocab.json and merges.txt, or tokenizer.json/],
    ['JSON cut short', { ...without('tokenizer.json'), 'vocab.json': '{' }, /Cannot read vocab.json: /],
    [
      'a hole in the ids',
      changed((ids) => {
        ids.ab = 600;
      }),
      /expected ids 0 to 515 but 'ab' has 600/,
    ],
    [
      'an id given twice',
      changed((ids) => {
        ids.ab = 3;
      }),
      /both have id 3/,
    ],
    [
      'a merge without a token',
      { ...without('tokenizer.json'), 'merges.txt': 'a b\nx y\n' },
      /merge 'x y' needs token 'xy'/,
    ],
    [
      'a merge of three',
      { ...without('tokenizer.json'), 'merges.txt': 'a b c\n' },
      /expected a merge of two tokens but got "a b c"/,
    ],
    ['another kind of model', { 'tokenizer.json': '{"model":{"type":"WordPiece"}}' }, /expected a BPE model/],
    [
      'a control token that has no id',
      { ...files, 'special_tokens_map.json': '{"eos_token":"<end>"}' },
      /control token <end> has no id/,
    ],
  ];
  for (const [what, given, message] of bad)
    it(`refuses ${what}`, () => assert.throws(() => readVocabulary(given), message));
});
