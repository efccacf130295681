import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cleanText } from '../../src/tokenizer/clean-text.ts';
import { fixText } from '../../src/tokenizer/fix-text.ts';

describe('cleanText()', () => {
  it('folds whitespace, trims and lower-cases', () => {
    assert.equal(cleanText('  A Photo\tof\r\n\f a  CAT \n'), 'a photo of a cat');
    assert.equal(cleanText('\u2003no-break\xa0space\u3000'), 'no-break space');
    assert.equal(cleanText(''), '');
    assert.equal(cleanText(' \n\t '), '');
  });

  it('keeps U+FEFF at the end if an entity put it there, as Python does', () => {
    assert.equal(cleanText('<b> &#xFEFF;'), '<b> \ufeff');
  });

  it('lower-cases as Python does: final sigma, dotted I, sharp s', () => {
    assert.equal(cleanText('ΟΔΥΣΣΕΥΣ Σ ΣΑΣ.'), 'οδυσσευς σ σας.');
    assert.equal(cleanText('İSTANBUL ẞ'), 'i\u0307stanbul ß');
  });

  it('decodes entities twice after mending', () => {
    assert.equal(cleanText('&amp;amp;amp;lt;'), '<');
    assert.equal(cleanText('<br> &amp;lt; &eacute'), '<br> < é');
  });

  it('gives the same for plain ASCII on the short way and on the long one', () => {
    const ascii = fc.string({ unit: fc.constantFrom(...'abZ019 \t\n\r\f!\'"<>|;#%~'), maxLength: 30 });
    fc.assert(fc.property(ascii, (text) => cleanText(text) === cleanText(`${text}&`).slice(0, -1).trim()));
  });

  it('never throws, leaves no lone surrogate, no upper case, no outer or double whitespace', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const cleaned = cleanText(text);
        assert.doesNotMatch(cleaned, /\p{Cs}/u);
        assert.equal(cleaned, cleaned.toLowerCase());
        assert.doesNotMatch(cleaned, /^ | $| {2}|[\t\n\r\xa0\u3000]/);
      }),
    );
  });

  it('cleans a million characters within seconds', () => {
    for (const unit of ['Ã© ', 'â€œ€', '&amp', 'вЂ™中', '<&', '\ud83d', 'a\u0301']) {
      const begin = performance.now();
      cleanText(unit.repeat(1_000_000 / unit.length));
      assert.ok(performance.now() - begin < 10_000, unit);
    }
  });
});

describe('fixText()', () => {
  const stages: [what: string, text: string, expected: string][] = [
    ['entities that end in a semicolon', 'AT&amp;T &hearts; AT&ampT', 'AT&T ♥ AT&ampT'],
    ['no entities once a line has a tag', '&amp;\n<p>&amp;\n&amp;', '&\n<p>&amp;\n&amp;'],
    ['terminal escapes', '\x1b[36;44mblue\x1b[0m', 'blue'],
    ['ligatures', 'ﬂuﬃeﬆ Ĳssel ŉ æ', "fluffiest IJssel 'n æ"],
    ['widths', 'ＬＯＵＤ　ﾉｲｽﾞ', 'LOUD ノイズ'],
    ['quotation marks', '“it’s” ‚low‘ «so»', "\"it's\" 'low' «so»"],
    ['line breaks', 'a\r\nb\rc\u2028d\u2029e', 'a\nb\nc\nd\ne'],
    ['lone surrogates', 'a\ud83d b\udca9 💩', 'a\ufffd b\ufffd 💩'],
    ['control characters', 'a\0b\x0bc\x7fd\ufeffe\ufffcf\u206ag\u200dh', 'abcdefg\u200dh'],
    ['composition', 'e\u0301 \u1112\u1161\u11ab', 'é 한'],
    ['C1 controls as Windows-1252', 'price: \x80 5', 'price: € 5'],
  ];
  for (const [what, text, expected] of stages) {
    it(`mends ${what}`, () => assert.equal(fixText(text), expected));
  }

  it('mends each line by its own fault', () => {
    assert.equal(fixText('Ã©tÃ©\nété\nв‚¬\n'), 'été\nété\n€\n');
  });

  it('cuts a line after a million code points, between characters', () => {
    const line = '😀'.repeat(1_000_001);
    assert.equal(fixText(line), line);
    // The cut separates the letter from its accent, so that they are not composed.
    assert.equal(fixText(`${'x'.repeat(999_999)}e\u0301`).slice(-2), 'e\u0301');
    assert.equal(fixText(`${'x'.repeat(999_998)}e\u0301`).slice(-1), 'é');
  });
});

describe('nested references', () => {
  it('take time in proportion', () => {
    const start = performance.now();
    assert.equal(cleanText(`&${'amp;'.repeat(100_000)}lt;`), '<');
    assert.equal(cleanText(`&${'#38;'.repeat(100_000)}eacute;`), 'é');
    assert.ok(performance.now() - start < 5000);
  });

  it('come to the same however deep they are', () => {
    for (let depth = 0; depth < 9; depth++) assert.equal(cleanText(`&${'amp;'.repeat(depth)}eacute;`), 'é');
  });
});
