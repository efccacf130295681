import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { embedLabelled, type LabelledPictureOptions, readLabelledPictures } from '../../src/node/labelled-pictures.ts';
import { loadClip, useBackend } from '../../src/node.ts';
import { goldens } from '../golden.ts';

describe('readLabelledPictures()', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
    for (const name of ['a.png', 'b.png', 'c d.png']) writeFileSync(join(folder, name), '');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const at = (...path: string[]) => join(folder, ...path);

  async function table(content: string | Buffer, options?: LabelledPictureOptions, name = 'data.csv') {
    writeFileSync(at(name), content);
    return readLabelledPictures(at(name), options);
  }

  it('reads a table, with paths from where it stands and the columns that are asked for', async () => {
    const options = { extraColumns: ['age', 'region'] };
    const { pictures, bad } = await table(
      'region,filepath,label,age\nnorth,a.png, red cross,7\n,"c d.png",owl,\n',
      options,
    );
    assert.deepEqual(pictures, [
      { path: at('a.png'), label: 'red cross', place: 'line 2', columns: { age: '7', region: 'north' } },
      { path: at('c d.png'), label: 'owl', place: 'line 3', columns: { age: '', region: '' } },
    ]);
    assert.deepEqual(bad, []);
  });

  it('reads columns by their names, and tabs', async () => {
    const options = { imageColumn: 'file', labelColumn: 'class' };
    const { pictures } = await table('file\tclass\na.png\ta, b\n', options, 'data.tsv');
    assert.deepEqual([pictures[0]?.label, pictures[0]?.columns], ['a, b', {}]);
  });

  it('says of each row that cannot be used why', async () => {
    const rows = ['filepath,label', 'a.png,x', ',x', 'b.png,', 'none.png,x', 'b.png,x,y', 'b.png,\ufffd'];
    const { pictures, bad } = await table(rows.join('\n'));
    assert.equal(pictures.length, 1);
    assert.deepEqual(bad.slice(0, 4), [
      { place: 'line 3', reason: 'it names no picture' },
      { place: 'line 4', reason: 'it has no label' },
      { place: 'line 5', reason: `there is no file ${at('none.png')}` },
      { place: 'line 6', reason: 'it has 3 columns, the header has 2' },
    ]);
    assert.match(bad[4]?.reason ?? '', /not UTF-8/);
  });

  it('lets a picture have several labels, and refuses the same one twice', async () => {
    const { pictures } = await table('filepath,label\na.png,x\na.png,y\n');
    assert.equal(pictures.length, 2);
    await assert.rejects(table('filepath,label\na.png,x\nb.png,x\n./a.png,x\n'), {
      name: 'SyntaxError',
      message: /line 4 repeats line 2, the picture .*a\.png with the label 'x'; take one of them away/,
    });
  });

  const refused: [what: string, content: string, options: LabelledPictureOptions, message: RegExp][] = [
    [
      'no label column',
      'filepath,class\na.png,x\n',
      {},
      /expected a column 'label' but its header, cut at ",", has 'filepath', 'class'; name .* and --label-column$/,
    ],
    [
      'a further column missing',
      'filepath,label\na.png,x\n',
      { extraColumns: ['gender'] },
      /expected a column 'gender'.*--label-column \(groups by --groups\)$/,
    ],
    ['no rows', 'filepath,label\n', {}, /expected rows of pictures and labels but it has none/],
    [
      'no row that can be used',
      'filepath,label\nnone.png,x\n',
      {},
      /none of its 1 rows can be used; line 2: there is no file/,
    ],
  ];
  for (const [what, content, options, message] of refused)
    it(`refuses a table with ${what}`, () => assert.rejects(table(content, options), { name: 'SyntaxError', message }));

  it('refuses what is no table, and nothing', async () => {
    await assert.rejects(
      readLabelledPictures(at('a.png')),
      /expected a name that ends in \.csv, \.tsv or \.txt, or a folder/,
    );
    await assert.rejects(readLabelledPictures(at('nothing')), /there is no such file or folder/);
  });

  it('reads a folder per class, with spaces for underscores', async () => {
    for (const name of ['red_cross/deep', 'owl', '.hidden']) mkdirSync(at('classes', name), { recursive: true });
    for (const name of ['red_cross/deep/1.png', 'owl/2.jpg', 'owl/notes.txt', '.hidden/3.png'])
      writeFileSync(at('classes', name), '');
    symlinkSync(at('nowhere'), at('classes', 'owl', 'link.png'));
    const { pictures, bad } = await readLabelledPictures(at('classes'));
    assert.deepEqual(pictures, [
      { path: at('classes', 'owl', '2.jpg'), label: 'owl', place: 'folder owl', columns: {} },
      { path: at('classes', 'red_cross', 'deep', '1.png'), label: 'red cross', place: 'folder red_cross', columns: {} },
    ]);
    assert.deepEqual(
      bad.map(({ place }) => place),
      ['folder owl'],
    );
    await assert.rejects(
      readLabelledPictures(at('classes'), { extraColumns: ['age'] }),
      /a column 'age' but it is a folder/,
    );
  });

  it('refuses a folder without folders, and a class without pictures', async () => {
    mkdirSync(at('classes'));
    await assert.rejects(
      readLabelledPictures(at('classes')),
      /it has no folder; put the pictures of each class into one/,
    );
    mkdirSync(at('classes', 'owl'));
    await assert.rejects(
      readLabelledPictures(at('classes')),
      /the class 'owl' has no pictures; put some into .*owl, or/,
    );
  });
});

describe('embedLabelled()', () => {
  it('embeds each file once, and passes over what is no picture', async () => {
    await useBackend('wasm');
    const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
    try {
      copyFileSync(join(goldens, 'images', 'grey.png'), join(folder, 'grey.png'));
      writeFileSync(join(folder, 'broken.png'), 'none');
      writeFileSync(join(folder, 'data.csv'), 'filepath,label\ngrey.png,x\nbroken.png,x\ngrey.png,y\n');
      const { pictures: given } = await readLabelledPictures(join(folder, 'data.csv'));
      const clip = await loadClip(join(goldens, 'pipeline', 'model.safetensors'), { activation: 'quick_gelu' });
      const tensors = tf.memory().numTensors;
      const skipped: string[] = [];
      const progress: number[][] = [];
      const { pictures, embeddings } = await embedLabelled(clip, given, {
        workers: 0,
        skip: (path) => skipped.push(path),
        onProgress: (...steps) => progress.push(steps),
      });
      assert.deepEqual(
        pictures.map(({ label }) => label),
        ['x', 'y'],
      );
      assert.deepEqual(skipped, [join(folder, 'broken.png')]);
      assert.deepEqual(progress.at(-1), [2, 2]);
      assert.equal(embeddings.length, 2);
      assert.equal(embeddings[0], embeddings[1]);
      assert.equal(embeddings[0]?.length, clip.config.embedDim);
      assert.equal(tf.memory().numTensors, tensors);
      clip.dispose();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
