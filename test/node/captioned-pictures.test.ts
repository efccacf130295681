import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatherCaptions, keepPictures } from '../../src/node/captioned-pictures.ts';
import { dataHash } from '../../src/node/data-hash.ts';

describe('gatherCaptions()', () => {
  const rows = [
    { line: 2, image: 'a', texts: ['one', 'two'] },
    { line: 3, image: 'b', texts: ['two'] },
    { line: 4, image: 'a', texts: ['three'], concept: 'c' },
    { line: 5, image: 'd', texts: ['four'], concept: 'c' },
  ];
  const gathered = {
    pictures: ['a', 'b', 'd'],
    texts: ['one', 'two', 'three', 'four'],
    textsOf: [[0, 1, 2, 3], [1], [2, 3]],
  };

  it('has each picture and each text once; a text of a concept is right for all its pictures', () => {
    assert.deepEqual(gatherCaptions(rows), gathered);
  });

  it('leaves texts out that belong to no picture any more', () => {
    assert.deepEqual(
      keepPictures(gathered, (path) => path !== 'a'),
      { pictures: ['b', 'd'], texts: ['two', 'three', 'four'], textsOf: [[0], [1, 2]] },
    );
  });
});

describe('dataHash()', () => {
  it('is about pictures and what is said of them, wherever they lie', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
    try {
      const file = (name: string, content: string) => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
      };
      const [a, b, copy] = [file('a.png', 'A'), file('b.png', 'B'), file('copy.png', 'A')] as const;
      const hash = (...rows: [path: string, text: string][]) =>
        dataHash(rows.map(([path, text]) => ({ path, texts: [text] })));
      const first = await hash([a, 'x'], [b, 'y']);
      assert.match(first, /^[0-9a-f]{64}$/);
      assert.equal(await hash([copy, 'x'], [b, 'y']), first);
      for (const other of [hash([a, 'x'], [b, 'z']), hash([b, 'x'], [a, 'y']), hash([a, 'x'])])
        assert.notEqual(await other, first);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
