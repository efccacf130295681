import assert from 'node:assert/strict';
import { unescapeHtml, unescapeStrictHtml } from '../../src/tokenizer/html-entities.ts';

describe('unescapeHtml()', () => {
  const cases: [text: string, expected: string][] = [
    ['&lt;b&gt; &amp; &quot;x&quot; &eacute; &nbsp;.', '<b> & "x" é \xa0.'],
    ['&#62; &#x3e; &#X3E; &#62 &#x3eg', '> > > > >g'],
    ['&amp;lt;', '&lt;'],
    ['&notit; &notin; &not', '¬it; ∉ ¬'],
    ['&ampx &copyright &AMP', '&x ©right &'],
    ['&NotEqualTilde; &fjlig; &bne;', '≂̸ fj =⃥'],
    ['&#128; &#x99; &#129;', '€ ™ \x81'],
    ['&#0; &#xD800; &#x110000; &#99999999999999999999;', '\ufffd \ufffd \ufffd \ufffd'],
    ['a&#1;b&#x7f;c&#xfdd0;d&#xffff;e&#x10fffe;f&#11;', 'abcdef'],
    ['&#13;&#9;&#x1F600;', '\r\t😀'],
    [
      '& && &; &# &#; &#x; &#xg; &e; &unknown; &constructor; &__proto__;',
      '& && &; &# &#; &#x; &#xg; &e; &unknown; &constructor; &__proto__;',
    ],
    ['&gt&lt', '><'],
    ['&éamp;', '&éamp;'],
  ];
  for (const [text, expected] of cases) {
    it(`turns ${text} into ${JSON.stringify(expected)}`, () => assert.equal(unescapeHtml(text), expected));
  }

  it('survives numbers too long for Python', () => assert.equal(unescapeHtml(`&#${'9'.repeat(5000)};`), '\ufffd'));
});

describe('unescapeStrictHtml()', () => {
  const cases: [text: string, expected: string][] = [
    ['&lt;tag&gt; &checkmark; &#233;', '<tag> ✓ é'],
    ['this&not that, AT&amp T', 'this&not that, AT&amp T'],
    ['P&EACUTE;REZ &NTILDE; &SZLIG;', 'PÉREZ Ñ SS'],
    ['&nTILDE; &COPYSR; &ETH; &eth;', '&nTILDE; &COPYSR; Ð ð'],
    ['&#59; &#x3b; &#12ab; &#x80;', '&#59; &#x3b; &#12ab; €'],
  ];
  for (const [text, expected] of cases) {
    it(`turns ${text} into ${expected}`, () => assert.equal(unescapeStrictHtml(text), expected));
  }
});
