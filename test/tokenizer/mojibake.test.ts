import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isBad } from '../../src/tokenizer/badness.ts';
import { encodeLegacy, legacyEncodingNamed, legacyEncodings } from '../../src/tokenizer/legacy-encodings.ts';
import { replaceLossySequences, restoreByteA0 } from '../../src/tokenizer/lossy-bytes.ts';
import { fixC1Controls, fixEncoding } from '../../src/tokenizer/mojibake.ts';
import { decodeUtf8Variants } from '../../src/tokenizer/utf8.ts';

/** The bytes of `text` in UTF-8, read in the named encoding. */
function misread(text: string, name: string): string {
  const { high } = legacyEncodingNamed(name);
  return Array.from(new TextEncoder().encode(text), (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : high[byte - 0x80]!,
  ).join('');
}

describe('fixEncoding()', () => {
  const mended: [what: string, text: string, expected: string][] = [
    ['Latin-1', 'schÃ¶n', 'schön'],
    ['Windows-1252', 'itâ€™s â€œsoâ€\x9d', 'it’s “so”'],
    ['Windows-1251', 'РїСЂРёРІРµС‚ вЂ” РјРёСЂ', 'привет — мир'],
    ['MacRoman', misread('voilà l’été', 'macroman'), 'voilà l’été'],
    ['code page 437', misread('naïve — €', 'cp437'), 'naïve — €'],
    ['two layers', 'cafÃƒÂ©', 'café'],
    ['CESU-8', 'í\xa0½í²©', '💩'],
    ["Java's U+0000", 'Ã©À\x80', 'é\0'],
    ['a no-break space that became a space', 'voilÃ le travail', 'voilà le travail'],
    ['a lost byte', 'â€œquotedâ€\ufffd', '“quoted\ufffd'],
    ['a part of the text only', 'Ð¿Ñ€Ð¸ and привет', 'при and привет'],
    ['C1 controls', 'bullet \x95 中', 'bullet • 中'],
  ];
  for (const [what, text, expected] of mended) {
    it(`undoes ${what}`, () => assert.equal(fixEncoding(text), expected));
  }

  it('leaves text alone that only looks unusual', () => {
    for (const text of [
      '',
      'plain',
      'Ångström',
      'l’été à Nîmes',
      'ΟΔΥΣΣΕΥΣ',
      'привет',
      '中文',
      '¿qué?',
      '©2026 «ça»',
      '(ò_ó)',
    ]) {
      assert.equal(fixEncoding(text), text);
    }
  });

  it('takes a final line feed for a lost byte of CESU-8 or of U+0000, as Python’s dollar sign does', () => {
    assert.equal(decodeUtf8Variants('a\xc0\n'), 'a\0');
    assert.equal(decodeUtf8Variants('\xed\xa0\xbd\xed\xb2\n'), String.fromCodePoint(0x1f48a));
    assert.equal(decodeUtf8Variants('\xc0\nb'), undefined);
  });
});

describe('isBad()', () => {
  it('sees mojibake', () => {
    for (const text of ['Ã©', 'â€™', 'вЂ™', 'Â°', 'ā€œ', '√±', '\x85', 'à²', 'Ã la']) assert.ok(isBad(text), text);
  });

  it('accepts real text', () => {
    for (const text of ['é', '5€', '“a”', 'ÅÄÖ', 'Ünï', '中', '😀', '20°', 'Œuvre']) assert.ok(!isBad(text), text);
  });
});

describe('legacyEncodings', () => {
  it('have 128 different characters each above ASCII', () => {
    for (const { name, high } of legacyEncodings) assert.equal(new Set(high).size, 128, name);
  });

  it('encode what they decode, and nothing else', () => {
    for (const encoding of legacyEncodings) {
      const bytes = encodeLegacy(encoding.high, encoding);
      assert.deepEqual(
        Array.from(bytes!, (byte) => byte.charCodeAt(0)),
        Array.from({ length: 128 }, (_, i) => 128 + i),
      );
      assert.equal(encodeLegacy('中', encoding), undefined);
    }
    assert.equal(encodeLegacy('a\ufffd', legacyEncodingNamed('windows-1252')), 'a\x1a');
    assert.equal(encodeLegacy('a\x1a', legacyEncodingNamed('windows-1252')), undefined);
    assert.equal(encodeLegacy('a\x1a', legacyEncodingNamed('cp437')), 'a\x1a');
  });
});

describe('lossy bytes', () => {
  it('restoreByteA0() puts A0 back within a sequence, and keeps the space after a lone "à"', () => {
    assert.equal(restoreByteA0('\xc3 la'), '\xc3\xa0 la');
    assert.equal(restoreByteA0('\xc3 s '), '\xc3\xa0s ');
    assert.equal(restoreByteA0('\xe2\x80 x'), '\xe2\x80\xa0x');
    assert.equal(restoreByteA0('a b \xe9 c'), 'a b \xe9 c');
  });

  it('replaceLossySequences() turns a sequence with lost bytes into U+FFFD', () => {
    assert.equal(replaceLossySequences('a\xe2\x80\x1ab'), 'a\xef\xbf\xbdb');
    assert.equal(replaceLossySequences('\xc3?\x1a'), '\xef\xbf\xbd\xef\xbf\xbd');
    assert.equal(replaceLossySequences('\xc4?'), '\xc4?');
  });
});

describe('fixC1Controls()', () => {
  it('reads them as Windows-1252 and keeps the five that it leaves undefined', () => {
    assert.equal(fixC1Controls('\x80\x81\x9f\xa0'), '€\x81Ÿ\xa0');
  });
});

describe('decodeUtf8Variants()', () => {
  it('decodes what TextEncoder encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const bytes = String.fromCharCode(...new TextEncoder().encode(text));
        assert.equal(decodeUtf8Variants(bytes), text);
      }),
    );
  });

  it('refuses what is cut short, overlong or a lone surrogate', () => {
    for (const bytes of ['\xe2\x80', '\xc1\x81', '\xed\xa0\x80', '\xf5\x80\x80\x80', '\x80', '\xe2\xc0\x80']) {
      assert.equal(decodeUtf8Variants(bytes), undefined);
    }
  });
});
