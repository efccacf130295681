import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { uniformNumbers } from '../../src/random.ts';
import { goldens } from '../golden.ts';

const main = join('build', 'src', 'cli', 'main.js');
const emoji = ['--model', 'emoji-clip', '--template', '{}', '--template', 'a drawing of {}'];
const knownCount = 60;
const unknownCount = 60;

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests look at
function runJson(...args: string[]): any {
  const { out, err, code } = run(...args, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

describe('clip-tfjs calibrate', () => {
  let directory: string;
  /** Noto's drawings from the demo, with their names. */
  let rows: { path: string; label: string }[];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    const lines = (await readFile('examples/drawings/drawings.csv', 'utf8')).split('\n');
    rows = lines
      .filter((line) => line.startsWith('noto/') && !line.includes('"'))
      .slice(0, knownCount)
      .map((line) => line.split(',') as [string, string])
      .map(([path, label]) => ({ path: resolve('examples', 'drawings', path), label }));
    await table('known.csv', rows);
    await mkdir(join(directory, 'noise'));
    const uniform = uniformNumbers(1);
    for (let index = 0; index < unknownCount; index++) {
      const data = Uint8Array.from({ length: 32 * 32 * 3 }, () => 256 * uniform());
      await writeFile(at('noise', `${index}.png`), encodePng({ width: 32, height: 32, mode: 'RGB', data }));
    }
    await mkdir(join(directory, 'few'));
    for (let index = 0; index < 10; index++) await copyFile(at('noise', `${index}.png`), at('few', `${index}.png`));
    await mkdir(join(directory, 'empty'));
  });
  after(() => rm(directory, { recursive: true }));

  const at = (...path: string[]) => join(directory, ...path);
  const table = (name: string, list: readonly { path: string; label: string }[], head = 'filepath,label') =>
    writeFile(at(name), `${head}\n${list.map(({ path, label }) => `${path},${label}`).join('\n')}\n`);
  const noise = () => ['--unknown', at('noise')];

  describe('refuses before any model is loaded', () => {
    /** There is no such model: whoever looks for it says so, and ends with 1. */
    const none = ['--model', 'no-such-model'];
    const cases: [what: string, args: () => string[], message: RegExp][] = [
      ['no unknown pictures', () => [at('known.csv')], /expected pictures that show none of the classes; .* --unknown/],
      ['an empty folder', () => [at('known.csv'), '--unknown', at('empty')], /there are no pictures in .*empty/],
      ['a folder that is not there', () => [at('known.csv'), '--unknown', at('x')], /Cannot read .*: there is no such/],
      ['data that is not there', () => [at('x.csv'), ...noise()], /Cannot read .*x.csv: there is no such file/],
      [
        'a class without pictures',
        () => [at('known.csv'), ...noise(), '--labels', `${rows.map(({ label }) => label).join(',')},unicorn`],
        /the class 'unicorn' has no pictures in .*known.csv; add some, or take it off the labels/,
      ],
      [
        'a label that is no class',
        () => [at('known.csv'), ...noise(), '--labels', 'grinning face'],
        /the label '.*' \(line 3 of .*\) is none of the labels that are given/,
      ],
      ['repeated labels', () => [at('known.csv'), ...noise(), '--labels', 'a,b,a'], /class 'a' is named twice/],
      ['a column that is missing', () => [at('known.csv'), ...noise(), '--label-column', 'kind'], /a column 'kind'/],
      ['a picture of two classes', () => [at('two.csv'), ...noise()], /'b' \(line 4\) and 'a'; .* use --independent/],
      [
        'a picture that is known and unknown',
        () => [at('both.csv'), ...noise()],
        /is in .*both.csv and among the unkn/,
      ],
      ['a rate of 1', () => [at('known.csv'), ...noise(), '--false-accepts', '1'], /a number between 0 and 1/],
      ['a rate of 0', () => [at('known.csv'), ...noise(), '--false-accepts', '0'], /a number between 0 and 1/],
      ['a coverage above 1', () => [at('known.csv'), ...noise(), '--coverage', '90'], /a number between 0 and 1/],
      [
        'a rate and a coverage',
        () => [at('known.csv'), ...noise(), '--false-accepts', '0.1', '--coverage', '0.9'],
        /cannot be used with option '--coverage/,
      ],
      [
        'a rate that so few pictures cannot show',
        () => [at('known.csv'), '--unknown', at('few'), '--false-accepts', '0.01'],
        /--false-accepts 0.01 needs at least 100 unknown pictures but there are 10, of which one is 10 %/,
      ],
      [
        'a coverage that so few pictures cannot show',
        () => [at('known.csv'), ...noise(), '--coverage', '0.99'],
        /--coverage 0.99 needs at least 100 known pictures but there are 60, of which one is 1.7 %/,
      ],
      [
        'a score that there is not',
        () => [at('known.csv'), ...noise(), '--score', 'energy'],
        /Allowed choices are mcm/,
      ],
      [
        'a comparison of one class with itself',
        () => [at('one.csv'), ...noise(), '--score', 'mcm'],
        /it compares classes, and there is one; take maxCosine/,
      ],
      [
        'a score for labels by themselves',
        () => [at('known.csv'), '--independent', '--score', 'mcm'],
        /cannot be used/,
      ],
    ];
    before(async () => {
      const [first, second] = rows as [(typeof rows)[0], (typeof rows)[0]];
      await table('two.csv', [
        { ...first, label: 'a' },
        { ...second, label: 'b' },
        { ...first, label: 'b' },
      ]);
      await table('both.csv', [first, { path: at('noise', '3.png'), label: 'noise' }]);
      await table(
        'one.csv',
        rows.map((row) => ({ ...row, label: 'a drawing' })),
      );
    });
    for (const [what, args, message] of cases)
      it(what, () => {
        const { code, err } = run('calibrate', ...args(), ...none, '--out', at('never.safetensors'));
        assert.match(err, message);
        assert.equal(code, 2);
        assert.ok(!existsSync(at('never.safetensors')));
      });

    it('a place where nothing can be written', () => {
      const { code, err } = run('calibrate', at('known.csv'), ...noise(), ...none, '--out', at('x', 'y.safetensors'));
      assert.match(err, /Cannot write to .*y.safetensors: there is no folder/);
      assert.equal(code, 1);
    });

    it('a classifier that is none', () => {
      for (const [path, message] of [
        [at('no.safetensors'), /there is no such file/],
        [join(goldens, 'pipeline', 'model.safetensors'), /expected a classifier but its metadata has no/],
        [at('known.csv'), /Cannot read safetensors file/],
      ] as const) {
        const { code, err } = run('classify', at('noise', '1.png'), ...none, '--classifier', path);
        assert.match(err, message);
        assert.equal(code, 2);
      }
    });
  });

  describe('fits emoji-clip', () => {
    // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests look at
    let fitted: any;
    before(function () {
      this.timeout(300_000);
      const out = ['--out', at('classifier.safetensors'), '--report', at('report.html')];
      fitted = runJson('calibrate', at('known.csv'), ...noise(), ...emoji, ...out);
    });
    const classify = (...args: string[]) =>
      runJson('classify', ...args, '-m', 'emoji-clip', '--classifier', at('classifier.safetensors'));

    it('and says what it gives on pictures that it was not fitted to', () => {
      assert.deepEqual([fitted.known, fitted.unknown], [knownCount, unknownCount]);
      assert.deepEqual([fitted.heldOut.known, fitted.heldOut.unknown], [30, 30]);
      assert.deepEqual(fitted.wanted, { falseAccepts: 0.05 });
      assert.equal(fitted.heldOut.scores.length, 4);
      assert.equal(fitted.comparison[0].score, fitted.rejection.score);
      assert.match(fitted.modelHash, /^[0-9a-f]{64}$/);
      assert.ok(fitted.heldOut.falseAccepts.count <= 6, JSON.stringify(fitted.heldOut.falseAccepts));
      assert.ok(fitted.heldOut.coverage.value > 0.8, JSON.stringify(fitted.heldOut.coverage));
    });

    it('so that classify is silent about noise, and says by what', () => {
      const { rejection, results } = classify(at('noise'));
      assert.deepEqual(rejection, fitted.rejection);
      const answers = results.filter(({ best }: { best: unknown }) => best !== null);
      assert.ok(answers.length <= 0.05 * unknownCount, `${answers.length} of ${unknownCount}`);
      const silent = results.find(({ best }: { best: unknown }) => best === null);
      assert.equal(silent.decision.score, fitted.rejection.score);
      assert.ok(silent.decision.value < silent.decision.threshold);
      assert.equal(silent.ranked.length, 5);
      const { out } = run(
        ...['classify', at('noise', '1.png'), '-m', 'emoji-clip', '--classifier', at('classifier.safetensors')],
      );
      assert.match(out, /1.png: I don't know \(\w+ -?\d\.\d{4}, below -?\d\.\d{4}\)/);
    });

    it('and names drawings', () => {
      const { results } = classify(...rows.slice(0, 20).map(({ path }) => path));
      const right = results.filter(
        ({ best }: { best: { label: string } | null }, index: number) => best?.label === rows[index]?.label,
      );
      assert.ok(right.length >= 15, `${right.length} of 20`);
    });

    it('unless told a threshold', () => {
      const { results } = classify(at('noise', '1.png'), '--threshold', '-1');
      assert.notEqual(results[0].best, null);
      assert.deepEqual([results[0].decision.score, results[0].decision.threshold], ['maxCosine', -1]);
    });

    it('with a report that needs nothing else', async () => {
      const html = await readFile(at('report.html'), 'utf8');
      assert.doesNotMatch(html, /(src|href)="?https?:/);
      for (const heading of ['What is kept', 'What it gives', 'Four scores compared', 'Answering less', 'Temperature'])
        assert.ok(html.includes(`<h2>${heading}</h2>`), heading);
      assert.ok(html.includes(fitted.modelHash));
    });

    it('for this model alone', () => {
      const other = ['-m', join(goldens, 'pipeline', 'model.safetensors'), '--activation', 'quick_gelu'];
      const file = ['--classifier', at('classifier.safetensors')];
      const { code, err } = run('classify', at('noise', '1.png'), ...other, ...file);
      assert.equal(code, 1);
      assert.match(err, /Cannot use the classifier .*: expected the model that it was made with/);
    });

    it('and warns where held-out pictures cannot show what is wanted', () => {
      const { code, err, out } = run(
        ...['calibrate', at('known.csv'), ...noise(), ...emoji, '--coverage', '0.95', '--score', 'mcm'],
        ...['--out', at('other.safetensors')],
      );
      assert.equal(code, 0, err);
      assert.match(err, /warning: 30 held-out pictures cannot show with 95 % confidence .* it takes 59/);
      assert.match(out, /kept: an answer where mcm is at least /);
      assert.match(out, /fitted on one half, measured on the other \(30 known, 30 unknown pictures\)/);
    }).timeout(300_000);
  });

  describe('labels by themselves', () => {
    it('get a threshold each, which classify uses', async () => {
      const isFace = ({ label }: { label: string }) => /face/.test(label);
      await table(
        'labels.csv',
        rows.map((row) => ({ path: row.path, label: isFace(row) ? 'a drawing|a face' : 'a drawing' })),
      );
      const out = ['--out', at('labels.safetensors')];
      const { labels } = runJson(
        'calibrate',
        at('labels.csv'),
        '--independent',
        ...noise(),
        '-m',
        'emoji-clip',
        ...out,
      );
      assert.deepEqual(
        labels.map(({ label }: { label: string }) => label),
        ['a drawing', 'a face'],
      );
      const { results } = runJson(
        ...(['classify', at('noise'), '-m', 'emoji-clip', '--classifier', at('labels.safetensors')] as const),
      );
      const said = results.filter(({ labels }: { labels: string[] }) => labels.includes('a drawing'));
      assert.ok(said.length <= 0.05 * unknownCount);
      const file = ['--classifier', at('labels.safetensors')];
      const { code, err } = run('classify', at('noise', '1.png'), '-m', 'no-model', ...file, '--threshold', '0.2');
      assert.equal(code, 2);
      assert.match(err, /the labels of .* are independent and have thresholds of their own/);
    }).timeout(300_000);

    it('need enough pictures with a label, and without it', () => {
      const args = ['calibrate', at('known.csv'), '--independent', '-m', 'no-such-model', '--out', at('x.safetensors')];
      const { code, err } = run(...args);
      assert.equal(code, 2);
      assert.match(err, /two pictures at least of either kind/);
    });
  });

  it('is not needed for neutral prompts, nor for labels against them', () => {
    const labels = ['-m', 'emoji-clip', '-l', 'snake,grinning face,drink', '-t', '{}'];
    const [face = ''] = rows.map(({ path }) => path);
    const { results, background } = runJson('classify', face, at('noise', '1.png'), ...labels, '--background');
    assert.equal(results[0].best.label, 'grinning face');
    assert.equal(results[1].best, null);
    assert.equal(results[1].decision.score, 'background');
    assert.ok(background.includes('noise'));
    const independent = runJson('classify', face, at('noise', '1.png'), ...labels, '--independent');
    assert.deepEqual(
      independent.results.map(({ labels }: { labels: string[] }) => labels),
      [['grinning face'], []],
    );
    for (const other of [['--prompts'], ['--threshold', '0.2']])
      assert.equal(run('classify', face, ...labels, '--independent', ...other).code, 2);
  });
});
