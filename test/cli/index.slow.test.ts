import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { useBackend } from '../../src/node/backend.ts';
import { gatherCaptions } from '../../src/node/captioned-pictures.ts';
import { embedQuery } from '../../src/node/indexing/embed-query.ts';
import { loadClip } from '../../src/node/load.ts';
import { takePairs } from '../../src/node/pair-list.ts';
import { readPairs } from '../../src/node/pairs.ts';
import { openIndex } from '../../src/node/store/store.ts';
import { search } from '../../src/search/search.ts';

const main = join('build', 'src', 'cli', 'main.js');

function run(command: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, command, ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

/** A style that emoji-clip was not trained on. */
const drawings = join('examples', 'drawings', 'streamline');

describe('clip-tfjs index and search', () => {
  const place = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  const at = (...names: string[]) => join(place, ...names);
  const [photos, store] = [at('photos'), at('store')];
  const model = ['--model', 'emoji-clip', '--backend', 'wasm'];
  const index = (...args: string[]) => run('index', '--store', store, '--workers', '0', ...args);
  const find = (...args: string[]) => run('search', '--store', store, '--backend', 'wasm', ...args);
  const json = (...args: string[]) => JSON.parse(find(...args, '--json').out);
  after(() => rmSync(place, { recursive: true }));
  before(() => {
    cpSync(drawings, photos, { recursive: true });
    mkdirSync(at('photos', 'more'));
    for (const name of ['cat', 'dog', 'crown'])
      cpSync(join('examples', 'drawings', 'noto', `${name}.png`), at('photos', 'more', `${name}.png`));
    writeFileSync(at('photos', 'bad.png'), 'none');
    const { code, out, err } = index(photos, ...model, '--json');
    assert.equal(code, 0, err);
    const result = JSON.parse(out);
    assert.match(err, /cannot read .*bad\.png: Cannot read image: expected PNG or JPEG/);
    assert.deepEqual([result.added, result.failed.length, result.model.name], [result.rows, 1, 'emoji-clip']);
    assert.match(result.model.hash, /^[0-9a-f]{64}$/);
  });

  it('takes up what is new, in words; without folders or model', () => {
    cpSync(at('photos', 'more', 'dog.png'), at('photos', 'more', 'copy.png'));
    renameSync(at('photos', 'more', 'crown.png'), at('photos', 'more', 'king.png'));
    const { code, out, err } = index();
    assert.deepEqual([code, out], [0, '']);
    assert.match(err, /pictures\nadded 1, changed 0, renamed 1, unchanged \d+, failed 1, vanished 0\n$/);
    rmSync(at('photos', 'more', 'king.png'));
    assert.match(index().err, /vanished 1\nwhat has vanished is still found; --prune removes it\n$/);
    assert.match(index('--prune', '--compact').err, /pruned 1\ncompacted\n$/);
  });

  it('forgets a folder that is gone for good', () => {
    const other = at('other');
    mkdirSync(other);
    cpSync(at('photos', 'more', 'cat.png'), join(other, 'fur.png'));
    assert.match(index(other).err, /added 1,/);
    renameSync(other, at('away'));
    const { code, err } = index();
    assert.deepEqual([code, /where it is gone for good, --forget '.*other'/.test(err)], [2, true]);
    assert.match(
      index('--forget', other).err,
      /other is no folder of the index any more; 1 of its pictures went with it\n/,
    );
    assert.equal(index().code, 0);
  });

  it('finds by words, in a table', () => {
    const { code, out, err } = find('cat', '-k', '3');
    assert.deepEqual([code, err], [0, '']);
    const lines = out.trimEnd().split('\n');
    assert.equal(lines.length, 3);
    for (const line of lines) assert.match(line, /^0\.\d{4} {2}\S+\.png$/);
    assert.ok(lines.some((line) => line.endsWith(join('more', 'cat.png'))));
  });

  it('finds by a picture, and by sums of both', () => {
    const cat = at('photos', 'more', 'cat.png');
    const { results, query } = json(cat, '-k', '2');
    assert.deepEqual(query, [{ kind: 'image', value: cat, weight: 1 }]);
    assert.equal(results[0].path, cat);
    assert.ok(results[0].similarity > 0.99999);
    const best = (sum: string) => json(sum, '--path', 'more/**').results[0].path;
    assert.match(best(`@"${cat}" + 20 * "dog"`), /dog\.png|copy\.png/);
    assert.equal(best(`4 * @"${cat}" + "dog" - 0.5 * night`), cat);
    assert.deepEqual(json('a', 'dog').query, [{ kind: 'text', value: 'a dog', weight: 1 }]);
  });

  it('filters', () => {
    const paths = (...args: string[]) =>
      json('cat', '-k', '100', ...args).results.map((result: { path: string }) => result.path);
    const all = paths();
    assert.deepEqual(paths('--path', 'more/c*.png').sort(), [
      at('photos', 'more', 'cat.png'),
      at('photos', 'more', 'copy.png'),
    ]);
    utimesSync(at('photos', 'more', 'cat.png'), 0, new Date(2020, 5, 15, 12));
    index();
    assert.deepEqual(paths('--after', '2020-06-15', '--before', '2020-06-16'), [at('photos', 'more', 'cat.png')]);
    assert.deepEqual(paths('--before', '2020'), []);
    const { size } = json('cat', '--path', 'cat.png', '-k', '1').results[0];
    assert.ok(paths('--max-size', String(size)).length < all.length);
    assert.equal(paths('--min-size', '1G').length, 0);
    assert.equal(paths('--min-width', '64', '--min-height', '64').length, all.length);
    assert.ok(paths('--min-similarity', '0.5').length < all.length);
  });

  it('finds nothing, which is no failure', () => {
    assert.deepEqual(find('cat', '--path', 'nowhere'), { code: 0, out: '', err: 'nothing was found\n' });
    assert.deepEqual(find('cat', '--path', 'nowhere', '-0'), { code: 0, out: '', err: '' });
  });

  it('prints paths alone, for xargs', () => {
    const { results } = json('cat', '-k', '3');
    const paths = results.map(({ path }: { path: string }) => path);
    assert.equal(find('cat', '-k', '3', '--paths').out, `${paths.join('\n')}\n`);
    assert.equal(find('cat', '-k', '3', '-0').out, paths.map((path: string) => `${path}\0`).join(''));
  });

  it('finds what is the same, without the model where the file is known', () => {
    const args = ['--same-as', at('photos', 'more', 'dog.png'), '--model', 'nowhere'];
    const { results } = json(...args);
    assert.equal(results[0].path, at('photos', 'more', 'copy.png'));
    assert.ok(results.every(({ similarity }: { similarity: number }) => similarity >= 0.95));
    const stranger = json('--same-as', join('examples', 'drawings', 'noto', 'fire.png'), '--min-similarity', '0.3');
    assert.ok(stranger.results.length > 0);
  });

  it('groups duplicates', () => {
    const [first] = json('--duplicates').groups;
    assert.equal(first.isSameFile, true);
    const paths = [at('photos', 'more', 'copy.png'), at('photos', 'more', 'dog.png')];
    assert.deepEqual(first.entries.map(({ path }: { path: string }) => path).sort(), paths);
    assert.match(find('--duplicates').out, /2 files of the same content\n {2}1\.0000 {2}.*\.png\n/);
    assert.deepEqual(find('--duplicates', '--paths', '--path', 'more/**').out.trimEnd().split('\n').sort(), paths);
    assert.equal(find('--duplicates', '--path', 'cat.png').err, 'nothing was found\n');
  });

  it('sorts results by labels', () => {
    const { results, facets } = json('cat', '-k', '4', '--path', 'more/**', '--facets', 'cat, dog');
    assert.deepEqual(facets, [
      { label: 'dog', count: 2 },
      { label: 'cat', count: 1 },
    ]);
    assert.equal(results.find(({ path }: { path: string }) => path.endsWith('copy.png')).facet, 'dog');
    assert.match(
      find('cat', '--path', 'more/**', '--facets', 'cat,dog').out,
      /^0\.\d+ {2}cat {2}.*cat\.png\n[\s\S]*\n\n +2 {2}dog\n +1 {2}cat\n$/,
    );
  });

  it('writes a page', () => {
    const sheet = at('sheet.html');
    assert.equal(find('<cat> & dog', '-k', '3', '--html', sheet).code, 0);
    const html = readFileSync(sheet, 'utf8');
    assert.match(html, /<title>&lt;cat&gt; &amp; dog<\/title>/);
    assert.equal(html.match(/<img src="data:image\/png;base64,/g)?.length, 3);
    assert.doesNotMatch(html, /(src|href)="?https?:/);
    assert.equal(find('--duplicates', '--html', sheet).code, 0);
    assert.match(readFileSync(sheet, 'utf8'), /1\. 2 files of the same content/);
  });

  it('keeps captions in an index of their own', () => {
    const texts = at('texts');
    const table = at('captions.csv');
    writeFileSync(
      table,
      'filepath,title\nphotos/more/cat.png,a cat\nphotos/more/dog.png,a big dog\nphotos/none.png,nothing\n',
    );
    const made = run('index', '--captions', table, '--store', texts, ...model, '--json');
    assert.equal(made.code, 0, made.err);
    assert.match(made.err, /left out line 4: there is no file/);
    assert.equal(JSON.parse(made.out).added, 2);
    const found = run('search', 'dog', '--store', texts, '--backend', 'wasm', '-k', '1');
    assert.match(found.out, /^0\.\d+ {2}a big dog {2}.*dog\.png\n$/);
    const described = run('search', 'dog', '--store', texts, '--backend', 'wasm', '-k', '1', '--json');
    const [{ hash, similarity, ...rest }] = JSON.parse(described.out).results;
    assert.deepEqual(rest, { id: 1, path: at('photos', 'more', 'dog.png'), caption: 'a big dog' });
    assert.match(index('--captions', table).err, /is an index of pictures/);
    assert.match(run('index', photos, '--store', texts).err, /is an index of captions/);
  });

  it('refuses another model', () => {
    const small = join('test', 'goldens', 'pipeline');
    const other = index('--model', join(small, 'model.safetensors'), '--activation', 'quick_gelu');
    assert.equal(other.code, 1);
    assert.match(other.err, /it was made by emoji-clip \([0-9a-f]{12}\) but the model is/);
  });

  it('recalls as many labels among the first five as evaluate reports', async () => {
    const table = join('examples', 'drawings', 'drawings.csv');
    const evaluated = run('evaluate', table, '--task', 'retrieval', ...model, '--json');
    const expected = JSON.parse(evaluated.out).metrics['image_retrieval_recall@5'];

    const all = at('all');
    assert.equal(run('index', dirname(table), '--store', all, ...model).code, 0);
    await useBackend('wasm');
    const clip = await loadClip('emoji-clip');
    const { index } = await openIndex(all);
    const { pairs } = await readPairs(table);
    const { pictures, texts, textsOf } = gatherCaptions(await takePairs(pairs));
    let hits = 0;
    for (const [text, title] of texts.entries()) {
      const right = new Set(pictures.filter((_, picture) => textsOf[picture]!.includes(text)));
      const query = await embedQuery(clip, [{ kind: 'text', value: title, weight: 1 }]);
      if (search(index, query, { k: 5 }).some(({ entry }) => right.has(entry.path))) hits++;
    }
    clip.dispose();
    assert.ok(hits > texts.length / 2 && hits < texts.length, `${hits} of ${texts.length}`);
    assert.equal(Number((hits / texts.length).toPrecision(9)), expected);
  });

  const usage: [what: string, args: string[], message: RegExp][] = [
    ['no query', [], /expected a query, --same-as or --duplicates, but there is none/],
    ['two kinds of query', ['cat', '--duplicates'], /one of them/],
    ['a query that cannot be read', ['cat +'], /Cannot read query: expected a text or a picture here/],
    ['a picture that is not there', ['none.png + cat'], /there is no picture none\.png/],
    ['a date that is none', ['cat', '--after', '2024-02-31'], /expected a date/],
    ['a size that is none', ['cat', '--min-size', '3 apples'], /expected bytes/],
    ['bounds between which nothing is', ['cat', '--min-size', '2k', '--max-size', '1k'], /exchange them/],
    ['labels twice', ['cat', '--facets', 'a,a'], /is there twice/],
    ['JSON and paths', ['cat', '--json', '--paths'], /--json has the paths/],
    ['a percentage for a cosine', ['cat', '--min-similarity', '25'], /expected a cosine, from -1 to 1/],
    ['a threshold that is none', ['--duplicates', '--min-similarity', '0'], /above 0, at most 1/],
  ];
  for (const [what, args, message] of usage)
    it(`refuses ${what} before a model is loaded`, () => {
      const { code, out, err } = find(...args, '--model', 'nowhere');
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
    });

  it('refuses to index what is no folder, or without a model, before one is loaded', () => {
    const refused = (message: RegExp, ...args: string[]) => {
      const { code, err } = run('index', ...args);
      assert.equal(code, 2, err);
      assert.match(err, message);
    };
    refused(/name the model to make it with: --model/, photos, '--store', at('new'));
    refused(/expected folders with pictures, or --captions/, '--store', at('new'), '--model', 'nowhere');
    refused(/there is no such folder/, at('none'), '--store', at('new'), '--model', 'nowhere');
    refused(/it is a file; name its folder/, at('photos', 'bad.png'), '--store', at('new'), '--model', 'nowhere');
    refused(/do not go into one index/, photos, '--captions', 'x.csv', '--store', at('new'), '--model', 'nowhere');
    refused(/--forget takes a folder of .*, which has .*photos, but got/, '--store', store, '--forget', at('none'));
    refused(/has no folder but .*photos; name another one/, '--store', store, '--forget', photos);
    refused(/leave --no-exif-rotate out/, '--store', store, '--no-exif-rotate');
    const none = run('search', 'cat', '--store', at('new'));
    assert.deepEqual([none.code, /there is no manifest\.json; check the path/.test(none.err)], [1, true]);
  });
});
