import assert from 'node:assert/strict';
import { createTokenizer, type Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import { openaiVocabulary } from '../../src/tokenizer/vocabulary.ts';
import { captionFaults } from '../../src/train/caption-faults.ts';

describe('faults of a caption', () => {
  let tokenizer: Tokenizer;
  before(async () => {
    tokenizer = createTokenizer(await openaiVocabulary(), 77);
  });
  const kinds = (text: string) => captionFaults(text, tokenizer).map(({ kind }) => kind);

  it('are none in captions that are good', () => {
    for (const text of [
      'a red bicycle leaning on a wall',
      'ox, a large animal',
      'R&amp;D at 5 < 6 > 4 o’clock',
      'the .jpg format explained',
      'Königsberger Klöpse, façade à la carte',
      'cat',
      'a photo of 3 of them',
      'I <3 you',
    ])
      assert.deepEqual(kinds(text), [], text);
  });

  it('are counted in tokens, and where the text is cut is told', () => {
    const text = Array.from({ length: 76 }, (_, index) => (index === 74 ? 'last' : 'dog')).join(' ');
    assert.deepEqual(captionFaults(text, tokenizer), [
      { kind: 'long-caption', detail: '76 tokens, room for 75: cut after “…dog dog dog dog dog dog dog last”' },
    ]);
    assert.deepEqual(kinds(text.split(' ').slice(1).join(' ')), []);
  });

  it('are found in what is no description', () => {
    const expected: [string, string[]][] = [
      ['...', ['short-caption']],
      ['ox', ['short-caption']],
      ['大象', ['other-script-caption']],
      ['🙂', []],
      ['IMG_2041.JPG', ['file-name-caption']],
      ['photos/summer 2019/beach-01.png', ['file-name-caption']],
      ['DSC_0042', ['file-name-caption']],
      ['see https://example.com/a.jpg', ['url-caption']],
      ['https://example.com/a.jpg', ['url-caption']],
      ['a <b>red</b> bicycle', ['html-caption']],
      ['a red bicycle<br>', ['html-caption']],
      ['die schÃ¶ne MÃ¼llerin', ['mended-caption']],
      ['a caf\ufffd in Paris', ['mojibake-caption']],
      ['красный велосипед', ['other-script-caption']],
    ];
    for (const [text, found] of expected) assert.deepEqual(kinds(text), found, text);
  });
});
