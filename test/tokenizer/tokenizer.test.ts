import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { TextTooLongError } from '../../src/errors.ts';
import { cleanText } from '../../src/tokenizer/clean-text.ts';
import { createTokenizer, type Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import { openaiVocabulary, type Vocabulary } from '../../src/tokenizer/vocabulary.ts';

type Golden = { rows: { text: string; cleaned: string; ids: number[]; decoded: string }[] };
const golden = JSON.parse(readFileSync('test/goldens/tokenizer/tokenizer.json', 'utf8')) as Golden;

describe("createTokenizer() with OpenAI's vocabulary", () => {
  let tokenizer: Tokenizer;
  before(async () => {
    tokenizer = createTokenizer(await openaiVocabulary(), 77);
  });

  it('has 49,408 tokens, start and end last', () => {
    assert.deepEqual([tokenizer.vocabSize, tokenizer.startId, tokenizer.endId], [49408, 49406, 49407]);
    assert.equal(tokenizer.vocabulary.merges.length, 48894);
    assert.equal(tokenizer.contextLength, 77);
  });

  for (const { text, cleaned, ids, decoded } of golden.rows) {
    it(`cleans, encodes and decodes ${JSON.stringify(text)} as the reference does`, () => {
      assert.equal(cleanText(text), cleaned);
      assert.deepEqual(tokenizer.encode(text, { allowSpecialTokens: true }), ids);
      assert.equal(tokenizer.decode(ids), decoded);
    });
  }

  const literal: [text: string, ids: number[]][] = [
    ['Hello World!', [3306, 1002, 256]],
    ["You should've done this", [592, 1535, 1200, 1700, 589]],
    ["A\n'll !!to?'d''d of, can't.", [320, 1342, 748, 531, 13610, 323, 8445, 323, 539, 267, 753, 713, 269]],
    ['résumé', [29106, 7054, 4166]],
    ['2016', [273, 271, 272, 277]],
  ];
  for (const [text, ids] of literal) {
    it(`encodes ${JSON.stringify(text)} as ${ids.join(' ')}`, () => assert.deepEqual(tokenizer.encode(text), ids));
  }

  it('takes the names of its special tokens for ordinary characters', () => {
    for (const text of ['a <|endoftext|> b', '<|startoftext|>', '<|ENDOFTEXT|>', '&lt;|endoftext|&gt;']) {
      const ids = tokenizer.encode(text);
      assert.ok(!ids.includes(tokenizer.startId) && !ids.includes(tokenizer.endId), text);
    }
    assert.equal(tokenizer.decode(tokenizer.encode('a <|endoftext|> b')), 'a <| endoftext |> b ');
  });

  it('takes them for special tokens when allowed, in any case', () => {
    const encode = (text: string) => tokenizer.encode(text, { allowSpecialTokens: true });
    assert.deepEqual(encode('<|startoftext|>a<|EndOfText|>'), [49406, 320, 49407]);
    assert.deepEqual(encode('<|ſtartoftext|>').includes(49406), false);
  });

  it('matches the long s in a contraction and drops U+0345, as the case-insensitive pattern does', () => {
    assert.equal(tokenizer.decode(tokenizer.encode('itʼſ')), "it 'ſ ");
    assert.deepEqual(tokenizer.encode('a\u0345b'), tokenizer.encode('a b'));
  });

  it('decodes broken UTF-8 to U+FFFD and refuses unknown ids', () => {
    assert.equal(tokenizer.decode([]), '');
    assert.equal(tokenizer.decode([tokenizer.vocabulary.ids.get('Ã')!, 320]), '\ufffda ');
    assert.equal(tokenizer.decode([49406, 320, 49407]), '<|startoftext|>a <|endoftext|>');
    for (const id of [-1, 49408, 0.5, Number.NaN]) assert.throws(() => tokenizer.decode([id]), RangeError);
  });

  it('never throws and gives ids in range, for any string', () => {
    const anyString = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
    fc.assert(
      fc.property(anyString, fc.boolean(), (text, allowSpecialTokens) => {
        const ids = tokenizer.encode(text, { allowSpecialTokens });
        assert.ok(ids.every((id) => Number.isInteger(id) && id >= 0 && id < 49408));
      }),
    );
    const loneSurrogates = fc
      .array(fc.integer({ min: 0xd7f0, max: 0xe010 }))
      .map((codes) => String.fromCharCode(...codes));
    fc.assert(fc.property(loneSurrogates, (text) => void tokenizer.encode(text)));
  });

  it('decodes to text that encodes and decodes to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abcdeXYZ019 .,!?éü中😀') }), (text) => {
        const decoded = tokenizer.decode(tokenizer.encode(text));
        assert.equal(tokenizer.decode(tokenizer.encode(decoded)), decoded);
        assert.equal(decoded.replaceAll(' ', ''), cleanText(text).replaceAll(' ', ''));
      }),
    );
  });

  it('stays fast on a word of 100,000 letters', () => {
    const letters = Array.from({ length: 100_000 }, (_, i) =>
      String.fromCharCode(97 + ((i * 7919 + ((i * i) % 31)) % 26)),
    );
    const begin = performance.now();
    assert.equal(tokenizer.encode(letters.join('')).length, 56580);
    assert.equal(tokenizer.encode('a'.repeat(100_000)).length, 12501);
    assert.ok(performance.now() - begin < 5000);
  });

  it('forgets words rather than growing without end', () => {
    const name = (i: number) => String(i).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!);
    for (let i = 0; i < 70_000; i++) tokenizer.encode(name(i));
    assert.deepEqual(tokenizer.encode('Hello World!'), [3306, 1002, 256]);
  });

  describe('tokenize()', () => {
    it('puts start and end around each text and zeros behind', () => {
      const { ids, shape } = tokenizer.tokenize(['Hello World!', '']);
      assert.deepEqual(shape, [2, 77]);
      assert.deepEqual([...ids.subarray(0, 7)], [49406, 3306, 1002, 256, 49407, 0, 0]);
      assert.deepEqual([...ids.subarray(77, 80)], [49406, 49407, 0]);
      assert.deepEqual(tokenizer.tokenize('Hello World!').ids, ids.slice(0, 77));
      assert.deepEqual(tokenizer.tokenize([]), { ids: new Int32Array(0), shape: [0, 77] });
    });

    it('takes a text that just fits and refuses one token more, saying which and how to mend it', () => {
      assert.equal(tokenizer.tokenize('a '.repeat(75)).ids[76], 49407);
      assert.throws(
        () => tokenizer.tokenize(['a', 'a '.repeat(76)]),
        (error: TextTooLongError) => {
          assert.ok(error instanceof TextTooLongError && error instanceof RangeError);
          assert.deepEqual([error.tokens, error.contextLength], [78, 77]);
          assert.match(error.message, /text 1 of 2: expected at most 77 tokens .* but got 78; .*truncate: true$/);
          return true;
        },
      );
    });

    it('cuts the text but keeps the end token when told to', () => {
      const { ids } = tokenizer.tokenize('a '.repeat(100), { truncate: true });
      assert.deepEqual([ids[0], ids[1], ids[75], ids[76]], [49406, 320, 320, 49407]);
    });

    it('passes allowSpecialTokens on', () => {
      const { ids } = tokenizer.tokenize('<|endoftext|>', { allowSpecialTokens: true });
      assert.deepEqual([...ids.subarray(0, 4)], [49406, 49407, 49407, 0]);
    });

    it('refuses what is no string, naming it', () => {
      const refused = (texts: unknown, message: RegExp) =>
        assert.throws(() => tokenizer.tokenize(texts as string), { name: 'TypeError', message });
      refused(undefined, /expected a string or an array of strings but got undefined$/);
      refused(['a', null], /text 1 of 2: expected a string but got null$/);
      assert.throws(
        () => tokenizer.encode(7 as unknown as string),
        /Cannot encode text: expected a string but got number$/,
      );
    });
  });
});

describe('createTokenizer()', () => {
  const ids = new Map(['a', 'a</w>', 'b', 'b</w>', 'ab</w>', '[cls]', '[Sep]'].map((token, id) => [token, id]));
  const small: Vocabulary = { merges: ['a b</w>'], ids, startToken: '[cls]', endToken: '[Sep]' };

  it('works with special tokens of any name', () => {
    const tokenizer = createTokenizer(small, 8);
    assert.deepEqual(tokenizer.encode('ab[CLS]a[sep]', { allowSpecialTokens: true }), [4, 5, 1, 6]);
    assert.deepEqual([...tokenizer.tokenize('ab a').ids], [5, 4, 1, 6, 0, 0, 0, 0]);
    assert.equal(tokenizer.decode([5, 4, 6]), '[cls]ab [Sep]');
  });

  it('names the token that the vocabulary lacks', () => {
    assert.throws(() => createTokenizer(small, 8).encode('abc'), /Cannot encode "abc": .* "c<\/w>" .*not there/);
    assert.throws(() => createTokenizer({ ...small, endToken: '</s>' }, 8), /expected "<\/s>" in the vocabulary/);
    assert.throws(() => createTokenizer({ ...small, merges: ['b a'] }, 8), /merge 0 \("b a"\): expected "ba"/);
  });

  it('refuses a context that start and end do not fit in', () => {
    for (const length of [1, 0, -3, 2.5, Number.NaN]) assert.throws(() => createTokenizer(small, length), RangeError);
    assert.deepEqual([...createTokenizer(small, 2).tokenize('').ids], [5, 6]);
  });
});
