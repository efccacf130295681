import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { byteLines } from '../../src/node/byte-lines.ts';
import { takePairs } from '../../src/node/pair-list.ts';
import { type FilePair, type PairOptions, readPairs } from '../../src/node/pairs.ts';

describe('pairs that are read again from their file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'a.png'), '');

  /** All pairs of a file in turn, after it is seen that each alone and in any order is the same. */
  async function read(name: string, content: string, options: PairOptions = {}): Promise<FilePair[]> {
    writeFileSync(join(folder, name), content);
    const { pairs } = await readPairs(join(folder, name), options);
    const all = await takePairs(pairs);
    assert.equal(all.length, pairs.length);
    const some = [...all.keys()].filter((index) => index % Math.ceil(all.length / 400) === 0).reverse();
    const alone = await Promise.all(some.map((index) => pairs.read(index)));
    assert.deepEqual(
      alone,
      some.map((index) => all[index]),
    );
    return all;
  }

  const quoted = (cell: string) => (/["\n\r,]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

  it('are the same alone as in turn, whatever is in their cells', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '👍', '"', ',', '\n', '\r\n', ' ', '\ufeff') });
    const rows = fc.array(fc.record({ caption: cell, isBad: fc.boolean(), blank: fc.nat(2) }), { minLength: 1 });
    const ends = fc.constantFrom('\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(rows, ends, fc.boolean(), async (given, end, hasMark) => {
        const lines = given.map(
          ({ caption, isBad, blank }) =>
            `${isBad ? 'none.png' : 'a.png'},${quoted(`x${caption}`)}${end.repeat(blank + 1)}`,
        );
        const table = `${hasMark ? '\ufeff' : ''}filepath,title${end}${lines.join('')}`;
        const pairs = await read('pairs.csv', table);
        const good = given.filter(({ isBad }) => !isBad).map(({ caption }) => `x${caption}`);
        assert.deepEqual(
          pairs.map(({ texts }) => texts[0]),
          good,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('keep a carriage return in a table whose lines end otherwise', async () => {
    const [pair] = await read('pairs.csv', 'filepath,title\na.png,one\rtwo\na.png,three\n');
    assert.deepEqual(pair?.texts, ['one\rtwo']);
  });

  it('are found behind the beginning of the file, in tables and in lines of JSON', async () => {
    const captions = Array.from({ length: 20_000 }, (_, at) => `${'ü€'.repeat(at % 20)} caption ${at}`);
    const table = await read('long.csv', `filepath,title\n${captions.map((caption) => `a.png,${caption}`).join('\n')}`);
    const lines = captions.map((caption) => JSON.stringify({ image: 'a.png', texts: [caption, 'x'], concept: 3 }));
    const json = await read('long.jsonl', `\ufeff${lines.join('\r\n')}\r\n`);
    assert.deepEqual(
      [table.map(({ texts }) => texts[0]), json.map(({ texts }) => texts[0])],
      [captions, captions].map((all) => all.map(String)),
    );
    assert.deepEqual([table.at(-1)?.line, json.at(-1)?.line, json.at(-1)?.concept], [20_001, 20_000, '3']);
  });

  it('are refused where the file has changed since', async () => {
    const path = join(folder, 'changing.csv');
    writeFileSync(path, 'filepath,title\na.png,one\na.png,two\n');
    const { pairs } = await readPairs(path);
    appendFileSync(path, 'a.png,three\n');
    const message = /changing\.csv: it has changed since it was looked over; start again/;
    await assert.rejects(pairs.read(1), message);
    await assert.rejects(takePairs(pairs), message);
  });

  it('leave no file open', async function () {
    if (process.platform !== 'linux') this.skip();
    const openFiles = () => readdirSync('/proc/self/fd').length;
    const before = openFiles();
    await read('many.csv', `filepath,title\n${'a.png,x\n'.repeat(300)}`);
    assert.equal(openFiles(), before);
  });

  it('tell how far they are', async () => {
    const path = join(folder, 'pairs.csv');
    const text = `filepath,title\n${'a.png,x\n'.repeat(300)}`;
    writeFileSync(path, text);
    const told: [number, number][] = [];
    await readPairs([{ path }, { path }], { onProgress: (...progress) => told.push(progress) });
    assert.deepEqual(told.at(-1), [2 * text.length, 2 * text.length]);
    assert.ok(told.every(([done], at) => done >= (told[at - 1]?.[0] ?? 0)));
  });
});

describe('byteLines()', () => {
  it('ends lines as text files do, also where a chunk ends within', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
    const path = join(folder, 'lines');
    const lines = ['a', '', 'x'.repeat(2 ** 18 - 5), 'b', 'c', 'last'];
    writeFileSync(path, `${lines.slice(0, 3).join('\n')}\r\nb\rc\r\nlast\r`); // the \r\n lies across two chunks of 2^18
    const found = [];
    for await (const { line, offset, bytes } of byteLines(path)) found.push([line, offset, bytes.toString()]);
    const offsets = [0, 2, 3, 2 ** 18, 2 ** 18 + 2, 2 ** 18 + 5];
    assert.deepEqual(
      found,
      lines.map((text, at) => [at + 1, offsets[at], text]),
    );
    rmSync(folder, { recursive: true });
  });
});
