import assert from 'node:assert/strict';
import { cleanText, fixText } from '../../src/tokenizer/clean-text.ts';
import { unescapeHtml } from '../../src/tokenizer/html-entities.ts';

describe('fixText()', () => {
  const cases: [what: string, text: string, fixed: string][] = [
    ['UTF-8 read as Latin-1', 'schÃ¶n', 'schön'],
    ['UTF-8 read as Windows-1252', 'donâ€™t â€œquoteâ€\x9d', 'don\'t "quote"'],
    ['UTF-8 read as Windows-1251', 'РљРѕС€РєР°', 'Кошка'],
    ['UTF-8 read as MacRoman', 'caf√© cr√®me', 'café crème'],
    ['UTF-8 read as code page 437', 'caf├⌐ ok', 'café ok'],
    ['mojibake twice over', 'schÃƒÂ¶n', 'schön'],
    ['a lost no-break space', 'voilÃ  le travail', 'voilà le travail'],
    ['a lost byte', 'â€œlike thisâ€�', '"like this�'],
    ['mojibake in the midst of good text', 'Žluťoučký â€“ dash', 'Žluťoučký – dash'],
    ['surrogates encoded one by one', 'í\xa0½í¸\x80', '😀'],
    ['C1 controls', 'wait\x85 what\x92s that', "wait… what's that"],
    ['entities', 'P&eacute;rez &amp; P&EACUTE;REZ', 'Pérez & PÉREZ'],
    ['entities beside a tag, which stay', '<b>&eacute;</b>', '<b>&eacute;</b>'],
    ['ligatures', 'ﬁnd the ﬂuﬃest', 'find the fluffiest'],
    ['fullwidth letters and halfwidth kana', 'ＬＯＵＤ　ﾉｲｽﾞ', 'LOUD ノイズ'],
    ['curly quotes', '‘single’ “double”', '\'single\' "double"'],
    ['line breaks', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['terminal colours', '\x1b[36;44mblue\x1b[0m', 'blue'],
    ['control characters and marks', '\ufeffa\x00b\u206ac\ufffc', 'abc'],
    ['lone surrogates', 'a\ud800b', 'a\ufffdb'],
    ['letters apart from their accents', 'e\u0301', 'é'],
    ['text that only looks odd', 'Ãlvaro naïve ŠKODA Ärzte', 'Ãlvaro naïve ŠKODA Ärzte'],
  ];
  for (const [what, text, fixed] of cases) it(`mends ${what}`, () => assert.equal(fixText(text), fixed));

  it('takes text as HTML from the first line with a < on', () => {
    assert.equal(fixText('&eacute;\n<\n&eacute;'), 'é\n<\n&eacute;');
  });
});

describe('cleanText()', () => {
  it('folds white space, unescapes twice and lowers case', () => {
    assert.equal(cleanText('  A\t\u00a0B\u3000\n C '), 'a b c');
    assert.equal(cleanText('&amp;lt; <i>&amp;eacute;</i>'), '< <i>é</i>');
    assert.equal(cleanText('ΟΔΥΣΣΕΥΣ İ'), 'οδυσσευς i̇');
  });

  it('does not take U+FEFF for white space', () => {
    assert.equal(cleanText('<&amp;#xFEFF; a'), '<\ufeff a');
  });

  it('takes the short way for plain ASCII, with the same result', () => {
    const text = ' A Photo,  of\r\na "Dog" ';
    assert.equal(cleanText(text), cleanText(`${text}’`).replace(/'$/, '').trim());
  });
});

describe('unescapeHtml()', () => {
  const cases: [html: string, text: string][] = [
    ['&amp;&lt;&gt;', '&<>'],
    ['&notit; &notin;', '¬it; ∉'],
    ['&copy &AMP', '© &'],
    ['&#233;&#xe9;&#XE9', 'ééé'],
    ['&#128;&#x92;', '€’'],
    ['&#0;&#xD800;&#x110000;', '\ufffd\ufffd\ufffd'],
    ['a&#1;b&#xFFFE;c', 'abc'],
    ['&#13;', '\r'],
    ['&;&#;&unknown;', '&;&#;&unknown;'],
    ['&fjlig;', 'fj'],
    ['&constructor;', '&constructor;'],
  ];
  for (const [html, text] of cases)
    it(`gives ${JSON.stringify(text)} for ${html}`, () => assert.equal(unescapeHtml(html), text));
});
