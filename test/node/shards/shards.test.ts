import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { takePairs } from '../../../src/node/pair-list.ts';
import { readPairs } from '../../../src/node/pairs.ts';
import { pictureOf } from '../../../src/node/picture-of.ts';
import { expandBraces } from '../../../src/node/shards/shard-files.ts';
import { gnuLongName, type TarEntry, tarOf } from './tar-of.ts';

describe('WebDataset shards', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const place = (name: string) => join(folder, name);

  /** What a shard of these files gives. */
  async function read(entries: readonly TarEntry[] | Buffer) {
    writeFileSync(place('a.tar'), Buffer.isBuffer(entries) ? entries : tarOf(entries));
    const { pairs, bad } = await readPairs(place('a.tar'));
    const rows = [];
    for (const { image, texts, concept, ...pair } of await takePairs(pairs)) {
      const content = Buffer.from((await pictureOf({ image, ...pair })) as Uint8Array).toString();
      rows.push({
        name: image.slice(place('a.tar/').length),
        texts,
        content,
        ...(concept !== undefined && { concept }),
      });
    }
    return { rows, bad: bad.map(({ place, reason }) => `${place?.replace(` of ${folder}/`, ' of ')}: ${reason}`) };
  }

  const file = (name: string, content: string): TarEntry => ({ name, content });
  const pair = (key: string, caption = key): TarEntry[] => [
    file(`${key}.jpg`, `picture ${key}`),
    file(`${key}.txt`, caption),
  ];

  it('are grouped by key, wherever the files of a sample stand among each other', async () => {
    const { rows, bad } = await read([
      file('deep/er/0.0.PNG', 'x'), // the key is deep/er/0, so its extension 0.png is none of a picture
      file('deep/er/1.PNG', 'one'),
      file('deep/er/1.txt', ' one cat\n'),
      file('2.json', JSON.stringify({ caption: 'from json', width: 3 })),
      file('2.webp', 'two'),
      file('3.cls', '7\n'),
      file('3.jpeg', 'three'),
      file('3.txt', 'with a class'),
    ]);
    assert.deepEqual(rows, [
      { name: 'deep/er/1.PNG', texts: ['one cat'], content: 'one' },
      { name: '2.webp', texts: ['from json'], content: 'two' },
      { name: '3.jpeg', texts: ['with a class'], content: 'three', concept: '7' },
    ]);
    assert.deepEqual(bad, ['deep/er/0 of a.tar: it has no picture (.jpg, .png, .jpeg, .webp), only 0.png']);
  });

  it('have several captions in a list of the .json, else one: the whole .txt, before that of the .json', async () => {
    const texts = async (...parts: [string, string][]) => {
      const { rows, bad } = await read([
        file('1.jpg', ''),
        ...parts.map(([kind, content]) => file(`1.${kind}`, content)),
      ]);
      return rows[0]?.texts ?? bad;
    };
    assert.deepEqual(await texts(['txt', 'two\nlines']), ['two\nlines']);
    assert.deepEqual(await texts(['txt', 'mine'], ['json', '{"caption":"other"}']), ['mine']);
    assert.deepEqual(await texts(['txt', 'mine'], ['json', '{"captions":["a","","b"]}']), ['a', 'b']);
    assert.deepEqual(await texts(['json', '{"texts":["a"]}']), ['a']);
    assert.deepEqual(await texts(['json', '{"text":"a"}']), ['a']);
    assert.deepEqual(await texts(['json', '{"caption":["a","b"]}']), ['a', 'b']);
    assert.deepEqual(await texts(['json', '{"captions":[3]}']), [
      '1 of a.tar: its .json has captions that are no strings',
    ]);
    assert.deepEqual(await texts(['json', '[]']), ['1 of a.tar: its .json is no JSON object']);
    assert.match((await texts(['txt', 'a'], ['json', '{']))[0]!, /^1 of a\.tar: its \.json is not JSON \(/);
    assert.deepEqual(await texts(['json', '{"width":3}']), ['1 of a.tar: it has no caption']);
    assert.deepEqual(await texts(['txt', ' \n']), ['1 of a.tar: it has no caption']);
  });

  it('have a concept in the .cls or the .json', async () => {
    const concept = async (...parts: [string, string][]) => {
      const all = [...pair('1'), ...parts.map(([kind, content]) => file(`1.${kind}`, content))];
      const { rows, bad } = await read(all);
      return rows[0] ? rows[0].concept : bad[0];
    };
    assert.equal(await concept(['json', '{"concept":5}']), '5');
    assert.equal(await concept(['json', '{"concept":"cat"}'], ['cls', '3']), '3');
    assert.equal(await concept(['json', '{"concept":null}']), undefined);
    assert.match((await concept(['json', '{"concept":{}}'])) ?? '', /its "concept" is neither a name nor a number/);
  });

  it('may have long names, as GNU and as pax write them, and entries that are no files', async () => {
    const long = `${'folder/'.repeat(30)}ä-long-name`;
    const { rows, bad } = await read([
      { name: 'folder/', content: '', type: 'Directory' },
      ...gnuLongName(`${long}.jpg`, 'gnu'),
      ...gnuLongName(`${long}.txt`, 'a caption'),
      file(`${long}2.jpg`, 'pax'),
      file(`${long}2.txt`, 'another'),
      { name: 'link.jpg', content: '', type: 'SymbolicLink' },
      file('__meta__/1.jpg', 'none'),
      file('.hidden.jpg', 'none'),
      file('README', 'none'),
    ]);
    assert.deepEqual(
      rows.map(({ name, content }) => [name, content]),
      [
        [`${long}.jpg`, 'gnu'],
        [`${long}2.jpg`, 'pax'],
      ],
    );
    assert.deepEqual(bad, []);
  });

  it('name shard and key of each sample that cannot be used', async () => {
    const { rows, bad } = await read([
      ...pair('1'),
      file('2.jpg', 'no caption'),
      file('3.txt', 'no picture'),
      ...pair('1', 'again'),
      file('4.jpg', ''),
      { name: '4.txt', content: Buffer.from('caf\xe9', 'latin1') },
      ...pair('5'),
      file('5.jpg', 'twice'),
    ]);
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['1.jpg', '5.jpg'],
    );
    assert.deepEqual(bad, [
      '2 of a.tar: it has no caption',
      '3 of a.tar: it has no picture (.jpg, .png, .jpeg, .webp), only txt',
      '1 of a.tar: its shard had a sample of this key before',
      '4 of a.tar: its caption has bytes that are not UTF-8; save the file as UTF-8',
      '5 of a.tar: its shard had a sample of this key before',
    ]);
  });

  it('that are cut off or damaged give what stands before', async () => {
    const whole = tarOf([...pair('1'), ...pair('2', 'second')]);
    const cut = async (bytes: number) => {
      const { rows, bad } = await read(whole.subarray(0, bytes));
      return [rows.map(({ name }) => name).join(), ...bad.map((fault) => fault.replace(folder, ''))];
    };
    const inCaption = 7 * 512 + 3;
    assert.deepEqual(await cut(inCaption), [
      '1.jpg',
      '2 of a.tar: it has no caption',
      'shard /a.tar: it ends within 2.txt: it was cut off',
    ]);
    assert.deepEqual(await cut(4 * 512 + 100), [
      '1.jpg',
      'shard /a.tar: it ends within the header at byte 2048: it was cut off',
    ]);
    assert.deepEqual(await cut(8 * 512), [
      '1.jpg,2.jpg',
      'shard /a.tar: it has no mark at its end: perhaps it was cut off between two files',
    ]);
    const damaged = Buffer.from(whole);
    damaged[4 * 512] = 200;
    assert.match((await read(damaged)).bad[0] ?? '', /at byte 2048 is no header of a tar: it is damaged from there on/);
  });

  it('are refused where they are compressed or no tar', async () => {
    const refused = async (name: string, content: Buffer, message: RegExp) => {
      writeFileSync(place(name), content);
      await assert.rejects(readPairs(place(name)), message);
    };
    const tar = tarOf(pair('1'));
    await refused('a.tar', gzipSync(tar), /expected a plain tar, .* but it is compressed; unpack it .*\(gunzip /);
    await refused('a.tar.gz', gzipSync(tar), /\(gunzip /);
    await refused('a.tar.zst', Buffer.from('x'), /\(zstd -d /);
    await refused('a.tar', Buffer.from('x'.repeat(600)), /does not begin with a header of one/);
    await refused('a.tar', Buffer.alloc(0), /does not begin with a header of one/);
    await refused('a.tar', Buffer.alloc(1024), /it has none/);
  });

  it('are named by a range, a list, a pattern or their folder', async () => {
    mkdirSync(place('many'));
    for (const [at, name] of ['0008', '0009', '0010', 'b'].entries())
      writeFileSync(place(`many/${name}.tar`), tarOf(pair(String(at))));
    writeFileSync(place('many/0008_stats.json'), '{}');
    const names = async (source: string) =>
      (await takePairs((await readPairs(place(source))).pairs)).map(({ texts }) => texts[0]).join('');
    assert.equal(await names('many/{0008..0010}.tar'), '012');
    assert.equal(await names('many/{b,0009}.tar'), '31');
    assert.equal(await names('many/00*.tar'), '012');
    assert.equal(await names('many/?.tar'), '3');
    assert.equal(await names('many'), '0123');
    await assert.rejects(names('many/{0009..0011}.tar'), /0011\.tar: there is no such file or folder/);
    await assert.rejects(names('many/c*.tar'), /no file in .*many has such a name/);
    await assert.rejects(names('none/*.tar'), /there is no folder/);
    assert.deepEqual(expandBraces('{a,b}{9..11}{x}'), ['a9{x}', 'a10{x}', 'a11{x}', 'b9{x}', 'b10{x}', 'b11{x}']);
    assert.deepEqual(expandBraces('{02..00}'), ['02', '01', '00']);
  });

  it('are refused where one has changed since it was looked over', async () => {
    writeFileSync(place('a.tar'), tarOf(pair('1')));
    const { pairs } = await readPairs(place('a.tar'));
    utimesSync(place('a.tar'), 1, 1);
    await assert.rejects(pairs.read(0), /a\.tar: it has changed since it was looked over/);
  });
});
