import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeWord, type MergeTable } from '../../src/tokenizer/bpe.ts';
import { byteAlphabet, byteCharactersToBytes, textToByteCharacters } from '../../src/tokenizer/bytes.ts';
import { createHeap } from '../../src/tokenizer/heap.ts';

/** A vocabulary of one-letter and merged tokens in the order given; ids are positions. */
function toy(...merges: string[]): { table: MergeTable; encode: (word: string) => string[] } {
  const tokens = [
    ...new Set([...merges.join('').replaceAll(' ', ''), ...merges.map((merge) => merge.replace(' ', ''))]),
  ];
  const id = (token: string) => tokens.indexOf(token);
  const pairs = merges.map((merge) => merge.split(' ') as [string, string]);
  const table = {
    size: tokens.length,
    ranks: new Map(pairs.map(([left, right], rank) => [id(left) * tokens.length + id(right), rank])),
    results: pairs.map(([left, right]) => id(left + right)),
  };
  return { table, encode: (word) => encodeWord([...word].map(id), table).map((token) => tokens[token]!) };
}

/** The merge loop as OpenAI wrote it: one pass over the word per merge. */
function encodeSlowly(word: readonly number[], { size, ranks, results }: MergeTable): number[] {
  let ids = [...word];
  for (;;) {
    const known = ids.slice(1).flatMap((right, at) => ranks.get(ids[at]! * size + right) ?? []);
    if (known.length === 0) return ids;
    const best = Math.min(...known);
    const merged: number[] = [];
    for (let at = 0; at < ids.length; at++) {
      const isBest = at + 1 < ids.length && ranks.get(ids[at]! * size + ids[at + 1]!) === best;
      merged.push(isBest ? results[best]! : ids[at]!);
      if (isBest) at++;
    }
    ids = merged;
  }
}

describe('encodeWord()', () => {
  it('merges the pair that was learned first, not the leftmost one', () => {
    assert.deepEqual(toy('b c', 'a b').encode('abc'), ['a', 'bc']);
    assert.deepEqual(toy('a b', 'b c').encode('abc'), ['ab', 'c']);
  });

  it('merges overlapping pairs from left to right', () => {
    assert.deepEqual(toy('a a').encode('aaaaa'), ['aa', 'aa', 'a']);
    assert.deepEqual(toy('a a', 'aa a').encode('aaaaa'), ['aa', 'aaa']);
  });

  it('merges a pair everywhere before it looks at what that makes', () => {
    // "bca" was learned before "bc", from other parts: after the first "bc" it must wait until the second one is merged
    // too.
    assert.deepEqual(toy('bc b', 'b c').encode('bcbc'), ['bc', 'bc']);
  });

  it('has nothing to merge in an empty word and in one letter', () => {
    assert.deepEqual(toy('a b').encode(''), []);
    assert.deepEqual(toy('a b').encode('a'), ['a']);
  });

  it('agrees with the loop that passes over the word for every merge', () => {
    const { table } = toy(
      'c a',
      'a b',
      'ab c',
      'b b',
      'ca b',
      'b ca',
      'abc a',
      'a bb',
      'ab b',
      'bb b',
      'a a',
      'cab ca',
    );
    const word = fc.array(fc.nat({ max: 2 }), { maxLength: 40 });
    fc.assert(fc.property(word, (ids) => assert.deepEqual(encodeWord(ids, table), encodeSlowly(ids, table))));
  });
});

describe('createHeap()', () => {
  it('gives numbers in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (numbers) => {
        const heap = createHeap<number>((a, b) => a < b);
        for (const number of numbers) heap.push(number);
        assert.equal(heap.peek(), numbers.length ? Math.min(...numbers) : undefined);
        assert.deepEqual(
          numbers.map(() => heap.pop()),
          [...numbers].sort((a, b) => a - b),
        );
        assert.equal(heap.pop(), undefined);
      }),
    );
  });
});

describe('bytes as characters', () => {
  it('are 256, in the order of OpenAI', () => {
    assert.equal(new Set(byteAlphabet).size, 256);
    assert.equal(byteAlphabet.slice(0, 3).join(''), '!"#');
    assert.equal(byteAlphabet.slice(93, 96).join(''), '~¡¢'.slice(0, 3));
    assert.equal(byteAlphabet[188], 'Ā'); // byte 00, the first that does not print
    assert.equal(byteAlphabet[255], 'Ń'); // byte AD, the last
  });

  it('stand for UTF-8', () => {
    assert.equal(textToByteCharacters('aé 😀').join(''), 'aÃ©ĠðŁĺĢ');
    assert.deepEqual([...byteCharactersToBytes('Ã©Ġ')], [0xc3, 0xa9, 0x20]);
    assert.deepEqual([...byteCharactersToBytes('中')], [0xe4, 0xb8, 0xad], 'no byte: its own UTF-8');
  });

  it('come back as the same bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const bytes = byteCharactersToBytes(textToByteCharacters(text).join(''));
        assert.equal(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), text);
      }),
    );
  });
});
