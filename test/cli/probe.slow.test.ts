import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = join('build', 'src', 'cli', 'main.js');
const engine = ['--backend', 'wasm', '--workers', '0'];

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

const animals = ['cat', 'ant', 'beaver', 'boar', 'deer', 'dog'];
const things = ['abacus', 'alarm-clock', 'drum', 'bank', 'bathtub', 'billed-cap'];

describe('clip-tfjs probe', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  const write = (name: string, pictures: readonly (readonly [name: string, label: string])[]) => {
    const rows = pictures.map(([picture, label]) => `${picture}.png,${label}`);
    writeFileSync(at(name), `filepath,label\n${rows.join('\n')}\n`);
    return at(name);
  };
  const labelled = (from: number, to: number) => [
    ...animals.slice(from, to).map((name) => [name, 'animal'] as const),
    ...things.slice(from, to).map((name) => [name, 'thing'] as const),
  ];
  let training: string;
  let test: string;
  before(() => {
    for (const name of [...animals, ...things])
      copyFileSync(join('examples', 'drawings', 'noto', `${name}.png`), at(`${name}.png`));
    training = write('training.csv', labelled(0, 4));
    test = write('test.csv', labelled(4, 6));
  });

  it('fits a linear probe, with C by a share, beside zero-shot; classify uses it', () => {
    const out = at('linear.safetensors');
    const args = ['probe', 'emoji-clip', '--data', training, '--val-share', '0.25', '--test', test, '--out', out];
    const { code, out: printed, err } = run(...args, ...engine, '--template', '{}', '--json');
    assert.equal(code, 0, err);
    const result = JSON.parse(printed);
    assert.deepEqual(result.classNames, ['animal', 'thing']);
    assert.deepEqual(result.pictures, { training: 6, validation: 2, test: 4 });
    assert.equal(result.sweep.length, 15);
    assert.deepEqual(Object.keys(result.measured), ['validation', 'test']);
    const { probe, zeroShot } = result.measured.test;
    assert.deepEqual([probe.of, zeroShot.of], [4, 4]);
    assert.ok(probe.value >= 0.75 && probe.low < probe.value, JSON.stringify(probe));
    assert.match(err, /15\/15: C /);

    const asked = ['classify', at('deer.png'), at('bathtub.png'), '--probe', out, ...engine];
    const answers = run(...asked, '--model', 'emoji-clip', '--json');
    assert.equal(answers.code, 0, answers.err);
    const { results } = JSON.parse(answers.out) as { results: { best: { label: string; probability: number } }[] };
    assert.deepEqual(
      results.map(({ best }) => best.label),
      ['animal', 'thing'],
    );
    assert.match(run(...asked, '--model', 'emoji-clip').out, /deer\.png: animal\n {2}animal +[\d.]+ %/);

    const other = run(...asked, '--model', join('test', 'goldens', 'models', 'hf-vit-gelu'));
    assert.equal(other.code, 1);
    assert.match(other.err, /expected the model that it was made with/);
    const turned = run(...asked, '--model', 'nowhere', '--exif-rotate');
    assert.deepEqual([turned.code, /was made without --exif-rotate/.test(turned.err)], [2, true]);
    assert.equal(run(...asked, '--model', 'nowhere', '--labels', 'a,b').code, 2);
  });

  it('keeps a handful of pictures beside the words, in words', () => {
    const out = at('tip.safetensors');
    const args = ['probe', 'emoji-clip', '--data', training, '--shots', '2', '--method', 'tip-adapter', '--out', out];
    const { code, out: printed, err } = run(...args, '--test', test, ...engine, '--template', '{}');
    assert.equal(code, 0, err);
    assert.match(
      printed,
      /^Tip-Adapter with alpha 1\.17 and beta 1, 2 classes, 4 training pictures\n4 test pictures\n {2}probe +[\d.]+ % {2}95 %: .*\n {2}zero-shot +[\d.]+ % {2}95 %: /,
    );
    const answers = run('classify', at('cat.png'), '--model', 'emoji-clip', '--probe', out, ...engine, '--json');
    assert.equal(JSON.parse(answers.out).results[0].best.label, 'animal');
  });

  it('names what cannot be read, leaves it out, and says what it is measured on', () => {
    writeFileSync(at('broken.png'), 'none');
    const table = write('broken.csv', [...labelled(0, 2), ['broken', 'thing']]);
    const { code, out, err } = run('probe', 'emoji-clip', '--data', table, '--out', at('p.safetensors'), ...engine);
    assert.equal(code, 1, err);
    assert.match(err, /^skipped .*broken\.png/m);
    assert.match(out, /^linear probe with C 0.316, 2 classes, 4 training pictures\n4 training pictures, the same /);
    assert.match(out, /left out: 1 picture/);
    assert.ok(readFileSync(at('p.safetensors')).length > 0);
  });

  const usage: [what: string, args: () => string[], message: RegExp][] = [
    ['data that is not there', () => ['--data', at('none')], /there is no such file or folder/],
    ['one class', () => ['--data', write('one.csv', labelled(0, 4).slice(0, 4))], /two classes or more/],
    [
      'a test label that is no class',
      () => [
        '--data',
        training,
        '--test',
        write('odd.csv', [
          ['deer', 'beast'],
          ['bathtub', 'thing'],
        ]),
      ],
      /the label 'beast' .* is none of the 2 classes/,
    ],
    [
      'a test picture that was learnt from',
      () => ['--data', training, '--test', training],
      /cat\.png is a training picture and a test picture/,
    ],
    [
      'both kinds of validation',
      () => ['--data', training, '--val', test, '--val-share', '0.5'],
      /cannot be used with/,
    ],
    ['a C beside its choice', () => ['--data', training, '--val-share', '0.5', '--c', '1'], /cannot be used with/],
    ['a C of nothing', () => ['--data', training, '--method', 'tip-adapter', '--c', '1'], /--c is of no use/],
    ['a share of all', () => ['--data', training, '--val-share', '1'], /between 0 and 1/],
  ];
  for (const [what, args, message] of usage)
    it(`refuses ${what} before the model is looked for`, () => {
      const out = at('refused.safetensors');
      const { code, err } = run('probe', 'nowhere', ...args(), '--out', out);
      assert.equal(code, 2, err);
      assert.match(err, message);
      assert.ok(!existsSync(out));
    });
});
