import assert from 'node:assert/strict';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { trainBpe } from '../../src/tokenizer/train-bpe.ts';

describe('trainBpe()', () => {
  it('merges the most frequent pair first', () => {
    // hug x 3, pug x 1, hugs x 2: "u g" 3 + 1 with the end of the word on g, "u g" 2 without it, "h u" 5 in all.
    const { merges } = trainBpe(['hug hug hug pug hugs hugs'], 518);
    assert.deepEqual(merges, ['h u', 'hu g</w>', 'g s</w>', 'hu gs</w>']);
  });

  it('takes the pair that sorts first among equally frequent ones', () => {
    assert.deepEqual(trainBpe(['zz yy xx', 'zz yy xx'], 516).merges, ['x x</w>', 'y y</w>']);
  });

  it('counts again what a merge changes', () => {
    // "a b" x 4 first; after it "b c" is left in one place only, where it does not occur twice.
    const { merges } = trainBpe(['abc abc abc abc bcd'], 600);
    assert.deepEqual(merges, ['a b', 'ab c</w>']);
  });

  it('merges runs of one letter without counting them twice', () => {
    assert.deepEqual(trainBpe(['aaaa aaaa'], 600).merges, ['a a', 'a a</w>', 'aa aa</w>']);
  });

  it('numbers tokens as OpenAI does: bytes, bytes that end a word, merges, start, end', () => {
    const { ids, startToken, endToken } = trainBpe(['ab ab'], 515);
    assert.equal(ids.size, 515);
    assert.deepEqual([ids.get('!'), ids.get('!</w>'), ids.get('ab</w>')], [0, 256, 512]);
    assert.deepEqual([ids.get(startToken), ids.get(endToken)], [513, 514]);
  });

  it('stops when no pair occurs twice', () => {
    assert.equal(trainBpe(['one of each'], 1000).ids.size, 514);
    assert.equal(trainBpe([], 1000).ids.size, 514);
  });

  it('encodes any text, also what it has not seen', () => {
    const tokenizer = createTokenizer(trainBpe(['a photo of a cat', 'a photo of a dog'], 530), 16);
    const ids = tokenizer.encode('a photo of 猫!');
    assert.deepEqual(ids.length, 3 + 3 + 1);
    assert.equal(tokenizer.decode(ids), 'a photo of 猫 ! ');
  });

  it('is the same for the same corpus, whatever the order of its texts', () => {
    const texts = ['the cat sat', 'on the mat', 'that the rat ate', 'at the start'];
    assert.deepEqual(trainBpe(texts, 540).merges, trainBpe([...texts].reverse(), 540).merges);
  });

  it('refuses a size below 514 and a bare string', () => {
    assert.throws(() => trainBpe(['a'], 513), RangeError);
    assert.throws(() => trainBpe(['a'], 600.5), RangeError);
    assert.throws(() => trainBpe('a photo', 600), TypeError);
    assert.throws(() => trainBpe(['a', 7 as unknown as string], 600), /expected texts to be strings but got number$/);
  });
});
