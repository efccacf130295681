import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pairList, takePairs } from '../../src/node/pair-list.ts';
import { type PairOptions, readPairs } from '../../src/node/pairs.ts';
import { splitPairs } from '../../src/node/split-pairs.ts';

describe('readPairs()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const picture = (name: string) => join(folder, name);
  before(() => {
    mkdirSync(picture('photos'));
    for (const name of ['a.png', 'b.png', 'photos/c.png']) writeFileSync(picture(name), '');
  });

  /** What a file of this content gives, with paths from the folder. */
  async function read(name: string, content: string | Buffer, options: PairOptions = {}) {
    writeFileSync(picture(name), content);
    const { pairs, bad } = await readPairs(picture(name), options);
    const short = (await takePairs(pairs)).map(({ line, image, texts, concept }) => ({
      line,
      image: image.slice(folder.length + 1),
      texts,
      ...(concept !== undefined && { concept }),
    }));
    return { pairs: short, bad };
  }

  it("reads open_clip's table, separated by tabs", async () => {
    const { pairs, bad } = await read(
      'pairs.csv',
      'filepath\ttitle\na.png\ta cat, asleep\nphotos/c.png\tit\'s 5" wide\n',
    );
    assert.deepEqual(pairs, [
      { line: 2, image: 'a.png', texts: ['a cat, asleep'] },
      { line: 3, image: 'photos/c.png', texts: ['it\'s 5" wide'] },
    ]);
    assert.deepEqual(bad, []);
  });

  it('reads commas, quotes, line breaks in quotes, a byte order mark, Windows line ends', async () => {
    const text = '\ufefftitle,filepath\r\n"one, ""two""\r\nthree",a.png\r\nfour,b.png\r\n';
    const { pairs } = await read('pairs.csv', text);
    assert.deepEqual(
      pairs.map(({ texts }) => texts[0]),
      ['one, "two"\r\nthree', 'four'],
    );
    assert.equal(pairs[1]?.line, 4);
  });

  it('reads semicolons, and columns and separators by name', async () => {
    assert.equal((await read('pairs.csv', 'filepath;title\na.png;x\n')).pairs.length, 1);
    const options = { imageColumn: 'file', textColumn: 'caption', conceptColumn: 'kind', separator: '|' };
    const { pairs } = await read('pairs.txt', 'kind|file|caption\ncat|a.png|one\n|b.png|two\n', options);
    assert.deepEqual(pairs, [
      { line: 2, image: 'a.png', texts: ['one'], concept: 'cat' },
      { line: 3, image: 'b.png', texts: ['two'] },
    ]);
  });

  it('names the line of each bad row, and goes on', async () => {
    const table =
      'filepath\ttitle\na.png\tgood\nmissing.png\tx\n\tx\nb.png\t  \nb.png\nb.png\tx\ty\n\nphotos\tx\nb.png\tgood\n';
    const { pairs, bad } = await read('pairs.tsv', table);
    assert.deepEqual(
      pairs.map(({ line }) => line),
      [2, 10],
    );
    assert.deepEqual(
      bad.map(({ line, reason }) => `${line}: ${reason.replace(folder, '')}`),
      [
        '3: there is no file /missing.png',
        '4: it names no picture',
        '5: it has no caption',
        '6: it has 1 column, the header has 2',
        '7: it has 3 columns, the header has 2',
        '9: there is no file /photos',
      ],
    );
  });

  it('takes no caption that is not UTF-8 for one of odd letters', async () => {
    const { pairs, bad } = await read('pairs.csv', Buffer.from('filepath,title\na.png,caf\xe9\nb.png,tea\n', 'latin1'));
    assert.deepEqual([pairs.length, bad[0]?.line], [1, 2]);
    assert.match(bad[0]?.reason ?? '', /not UTF-8; save the file as UTF-8/);
  });

  it('says which columns there are where one is missing', async () => {
    await assert.rejects(
      read('pairs.csv', 'file,title\na.png,x\n'),
      /expected a column 'filepath' but its header, cut at ",", has 'file', 'title'; name the columns by --image-column/,
    );
    await assert.rejects(read('pairs.csv', 'filepath,title\na.png,x\n', { textColumn: 'text' }), /a column 'text'/);
  });

  it('does not take a quote that is never closed for one long caption', async () => {
    const text = 'filepath,title\na.png,fine\nb.png,"open\na.png,x\n';
    await assert.rejects(read('pairs.csv', text), /a quote that is opened after line 2 is never closed/);
  });

  it('refuses what holds nothing, is not there, or is of no known kind', async () => {
    for (const content of ['', 'filepath,title\n'])
      await assert.rejects(read('empty.csv', content), /expected rows of pictures and captions but it has none/);
    await assert.rejects(read('empty.jsonl', '\n'), /it has none/);
    await assert.rejects(readPairs(picture('nothing.csv')), /there is no such file or folder/);
    await assert.rejects(read('pairs.xlsx', ''), /expected a name that ends in \.csv/);
  });

  it('reads lines of JSON', async () => {
    const lines = [
      { image: 'a.png', text: 'one' },
      { image: 'b.png', texts: ['two', 'three'], concept: 7 },
      { image: 'b.png', text: 'four', concept: 'animal' },
      { text: 'no picture' },
      { image: 'a.png' },
      { image: 'a.png', texts: [] },
      { image: 'a.png', text: 5 },
      { image: 'a.png', text: 'x', concept: {} },
      [],
    ];
    const { pairs, bad } = await read(
      'pairs.jsonl',
      `${lines.map((line) => JSON.stringify(line)).join('\n')}\n\n{"image"\n`,
    );
    assert.deepEqual(pairs, [
      { line: 1, image: 'a.png', texts: ['one'] },
      { line: 2, image: 'b.png', texts: ['two', 'three'], concept: '7' },
      { line: 3, image: 'b.png', texts: ['four'], concept: 'animal' },
    ]);
    assert.deepEqual(
      bad.map(({ line }) => line),
      [4, 5, 6, 7, 8, 9, 11],
    );
    assert.match(bad.at(-1)?.reason ?? '', /it is not JSON/);
  });

  it('reads a folder per class, with templates and the class as the concept', async () => {
    const classes = picture('classes');
    for (const name of ['zebra', 'ice_cream', '.hidden']) mkdirSync(join(classes, name), { recursive: true });
    for (const name of ['zebra/2.png', 'zebra/1.jpg', 'zebra/notes.txt', 'ice_cream/1.png', '.hidden/1.png'])
      writeFileSync(join(classes, name), '');
    const { pairs } = await readPairs(classes, { templates: ['a {}', 'the {}.'] });
    assert.deepEqual(
      (await takePairs(pairs)).map(({ image, texts, concept }) => [image.slice(classes.length + 1), texts, concept]),
      [
        ['ice_cream/1.png', ['a ice cream', 'the ice cream.'], 'ice cream'],
        ['zebra/1.jpg', ['a zebra', 'the zebra.'], 'zebra'],
        ['zebra/2.png', ['a zebra', 'the zebra.'], 'zebra'],
      ],
    );
    await assert.rejects(readPairs(join(classes, 'zebra')), /expected a folder of pictures for each class/);
  });
});

describe('splitPairs()', () => {
  const pairs = Array.from({ length: 40 }, (_, line) => ({ line, image: `${line >> 1}.png`, texts: ['x'] }));
  const split = async (share: number, seed: number) => {
    const { training, validation } = await splitPairs(pairList(pairs), share, seed);
    return { training: await takePairs(training), validation: await takePairs(validation) };
  };

  it('sets pictures apart with all their rows, by seed', async () => {
    const { training, validation } = await split(0.25, 3);
    assert.equal(validation.length, 10);
    assert.equal(training.length, 30);
    const images = new Set(validation.map(({ image }) => image));
    assert.ok(training.every(({ image }) => !images.has(image)));
    assert.deepEqual((await split(0.25, 3)).validation, validation);
    assert.notDeepEqual((await split(0.25, 4)).validation, validation);
    assert.deepEqual(await split(0, 3), { training: pairs, validation: [] });
  });

  it('refuses a share that leaves nothing', async () => {
    await assert.rejects(split(1, 0), /expected a share from 0 to below 1 but got 1/);
  });
});
