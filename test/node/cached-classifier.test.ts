import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promptCount, toClasses } from '../../src/classify/class-prompts.ts';
import { ownCache } from '../../src/node/cache.ts';
import { cachedClassifier } from '../../src/node/cached-classifier.ts';
import { buildClassifier, type Clip, useBackend } from '../../src/node.ts';
import { assertClose } from '../assert-close.ts';
import { tinyClip } from '../tiny-clip.ts';
import { collectWarnings } from '../warnings.ts';

describe('cachedClassifier', () => {
  let clip: Clip;
  let encoded = 0;
  let directory: string;
  const templates = Array.from({ length: 20 }, (_, index) => `${index} {}`);
  const classes = ['dog', { name: 'cat', synonyms: ['kitten'], descriptions: ['it purrs'] }, 'bird'];

  before(async () => {
    await useBackend('wasm');
    clip = tinyClip();
    const encodeText = clip.encodeText.bind(clip);
    clip.encodeText = (ids) => {
      encoded += ids.shape[0];
      return encodeText(ids);
    };
  });
  after(() => clip.dispose());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    process.env.CLIP_TFJS_CACHE = directory;
    encoded = 0;
  });
  afterEach(async () => {
    delete process.env.CLIP_TFJS_CACHE;
    await rm(directory, { recursive: true });
  });

  async function expectBuilt(classNames: typeof classes, options: { templates: string[] }): Promise<number> {
    const before = encoded;
    const classifier = await cachedClassifier(clip, classNames, options);
    const count = encoded - before;
    const expected = await buildClassifier(clip, classNames, options);
    assert.deepEqual(classifier.classNames, expected.classNames);
    assert.deepEqual(classifier.templates, expected.templates);
    for (const [index, row] of expected.weights.entries())
      assertClose(`class ${index}`, classifier.weights[index] as Float32Array, row, 1e-6);
    return count;
  }
  const countOf = (some: typeof classes) =>
    toClasses(some, templates).reduce((sum, entry) => sum + promptCount(entry, templates), 0);

  it('gives what buildClassifier gives, and embeds what is new alone', async () => {
    assert.equal(await expectBuilt(classes, { templates }), countOf(classes));
    assert.equal(await expectBuilt(classes, { templates }), 0);
    assert.equal(await expectBuilt([...classes].reverse(), { templates }), 0);
    assert.equal(await expectBuilt([...classes, 'fox'], { templates }), 20);
    assert.equal(
      await expectBuilt(['dog', 'fox', 'cat', 'bird'], { templates }),
      20,
      'a cat without synonyms is another',
    );
    assert.equal(await expectBuilt(classes, { templates: templates.toReversed() }), countOf(classes));
  });

  it('keeps one file, and nothing of a few prompts', async () => {
    assert.equal(await expectBuilt(['dog', 'bird'], { templates }), 40);
    assert.deepEqual(await readdir(directory), []);
    await expectBuilt(classes, { templates });
    await expectBuilt([...classes, 'fox'], { templates });
    const [key = ''] = await readdir(join(directory, 'ensembles'));
    assert.equal((await readdir(join(directory, 'ensembles', key))).length, 1);
  });

  it('keeps models apart', async () => {
    await expectBuilt(classes, { templates });
    using other = tinyClip(6);
    const classifier = await cachedClassifier(other, classes, { templates });
    const expected = await buildClassifier(other, classes, { templates });
    assert.deepEqual(classifier.weights, expected.weights);
  });

  it('embeds anew what is damaged, and says so', async () => {
    await expectBuilt(classes, { templates });
    const [key = ''] = await readdir(join(directory, 'ensembles'));
    const [name = ''] = await readdir(join(directory, 'ensembles', key));
    const path = join(directory, 'ensembles', key, name);
    const whole = await readFile(path);
    const turned = Uint8Array.from(whole);
    turned.set([(turned.at(-5) as number) ^ 1], turned.length - 5);
    for (const damaged of [whole.subarray(0, whole.length - 4), turned, Buffer.from('x')]) {
      await writeFile(path, damaged);
      const warnings = await collectWarnings(async () => {
        assert.equal(await expectBuilt(classes, { templates }), countOf(classes));
      });
      assert.match(warnings.join(), /is damaged .*; its classes are embedded anew/);
    }
  });

  it('does its work where it cannot keep it, and says so once', async () => {
    await writeFile(join(directory, 'ensembles'), 'a file');
    const warnings = await collectWarnings(async () => {
      assert.equal(await expectBuilt(classes, { templates }), countOf(classes));
    });
    assert.equal(warnings.length, 1, warnings.join());
    assert.match(warnings.join(), /Cannot write to .*; the ensemble is used, but not kept \(CLIP_TFJS_CACHE /);
  });

  it('removes what was not used for longest when there is too much', async () => {
    for (const [name, year] of [
      ['older', 2001],
      ['newer', 2002],
    ] as const) {
      await mkdir(join(directory, 'ensembles', name), { recursive: true });
      await writeFile(join(directory, 'ensembles', name, 'x.safetensors'), '');
      await truncate(join(directory, 'ensembles', name, 'x.safetensors'), 200 * 2 ** 20); // no block of the disk is taken
      const time = new Date(year, 0);
      await utimes(join(directory, 'ensembles', name), time, time);
    }
    await expectBuilt(classes, { templates });
    const left = await readdir(join(directory, 'ensembles'));
    assert.equal(left.length, 2);
    assert.ok(left.includes('newer') && !left.includes('older'));
  });

  it('counts what was kept first', async () => {
    await expectBuilt(classes, { templates });
    const counts: [number, number][] = [];
    const onProgress = (done: number, total: number) => counts.push([done, total]);
    await cachedClassifier(clip, [...classes, 'fox'], { templates, onProgress });
    assert.deepEqual(counts, [[81, 101], [101, 101]]); // biome-ignore format: pairs
  });

  it('lies in the cache of the user, or where it is told', () => {
    assert.equal(ownCache({ CLIP_TFJS_CACHE: '/x' }), '/x');
    assert.equal(ownCache({ XDG_CACHE_HOME: '/y' }), join('/y', 'clip-tfjs'));
  });
});
