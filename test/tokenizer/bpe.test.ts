import assert from 'node:assert/strict';
import { bpe, mergeTable } from '../../src/tokenizer/bpe.ts';
import { byteCharacters, fromByteCharacters, toByteCharacters } from '../../src/tokenizer/bytes.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { trainBpe } from '../../src/tokenizer/train-bpe.ts';
import type { Vocabulary } from '../../src/tokenizer/vocabulary.ts';

/** A vocabulary of three letters and what they merge to. */
function letters(...merges: string[]): Vocabulary {
  const tokens = ['a', 'b', 'c', ...merges.map((pair) => pair.replace(' ', ''))];
  return { merges, ids: new Map(tokens.map((token, id) => [token, id])), startToken: '', endToken: '' };
}

function merged(word: string, ...merges: string[]): string[] {
  const vocabulary = letters(...merges);
  const names = [...vocabulary.ids.keys()];
  const symbols = [...word].map((letter) => vocabulary.ids.get(letter) as number);
  return bpe(symbols, mergeTable(vocabulary)).map((id) => names[id] as string);
}

describe('bpe()', () => {
  it('merges the pair that was learnt first, wherever it stands', () => {
    assert.deepEqual(merged('abcab', 'a b', 'b c'), ['ab', 'c', 'ab']);
    assert.deepEqual(merged('abcab', 'b c', 'a b'), ['a', 'bc', 'ab']);
  });

  it('merges from left to right without overlap', () => {
    assert.deepEqual(merged('aaa', 'a a'), ['aa', 'a']);
    assert.deepEqual(merged('aaaaa', 'a a', 'aa aa'), ['aaaa', 'a']);
  });

  it('goes on with what merges made', () => {
    assert.deepEqual(merged('abc', 'a b', 'ab c'), ['abc']);
    assert.deepEqual(merged('abcabc', 'a b', 'ab c', 'abc abc'), ['abcabc']);
  });

  it('leaves alone what it does not know', () => {
    assert.deepEqual(merged('cba', 'a b'), ['c', 'b', 'a']);
    assert.deepEqual(merged('a', 'a b'), ['a']);
  });

  it('finishes all places of a pair before a pair that was learnt earlier appears by it', () => {
    assert.deepEqual(merged('ababc', 'ab ab', 'a b'), ['abab', 'c']);
  });
});

describe('byte characters', () => {
  it('are 256 printable characters', () => {
    assert.equal(new Set(byteCharacters).size, 256);
    assert.ok(byteCharacters.every((character) => /[^\s\p{Cc}]/u.test(character)));
    assert.deepEqual(byteCharacters.slice(0, 3), ['!', '"', '#']);
  });

  it('write a space as Ġ and é as two', () => {
    assert.equal(toByteCharacters(' é'), 'ĠÃ©');
    assert.equal(fromByteCharacters('ĠÃ©'), ' é');
  });

  it('decode broken UTF-8 to replacement characters', () => {
    assert.equal(fromByteCharacters('Ãa'), '\ufffda');
    assert.throws(() => fromByteCharacters('日'), /stands for no byte/);
  });
});

describe('trainBpe()', () => {
  it('merges the most frequent pair first', () => {
    // low twice, lower once, newest twice: "l o" and "w e" occur three times, and "l o" comes first; then five pairs twice
    const { merges } = trainBpe(['low low lower', 'newest newest'], 514 + 3);
    assert.deepEqual(merges, ['l o', 'w e', 'e we']);
  });

  it('stops where no pair occurs twice', () => {
    assert.deepEqual(trainBpe(['ab'], 1000).merges, []);
    assert.deepEqual(trainBpe(['ab ab'], 1000).merges, ['a b</w>']);
  });

  it('counts pairs that overlap as bpe() merges them', () => {
    const vocabulary = trainBpe(['aaaa aaaa aaaa'], 1000);
    const tokenizer = createTokenizer(vocabulary, 16);
    assert.equal(tokenizer.encode('aaaa').length, 1);
    assert.equal(tokenizer.decode(tokenizer.encode('aaaa a')), 'aaaa a ');
  });

  it('encodes any text with what it learnt', () => {
    const tokenizer = createTokenizer(trainBpe(['the cat sat on the mat'], 530), 16);
    assert.equal(tokenizer.decode(tokenizer.encode('Die Katze, 日本!')), 'die katze , 日本 ! ');
    assert.ok(tokenizer.encode('the cat').length < 7);
  });

  it('refuses fewer tokens than there are bytes', () => {
    assert.throws(() => trainBpe(['a'], 513), /expected 514 tokens or more but got 513/);
  });
});
