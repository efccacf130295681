import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = join('build', 'src', 'cli', 'main.js');
const model = ['--model', 'emoji-clip', '--backend', 'wasm', '--workers', '0'];
/** Refused before it is looked for. */
const noModel = ['--model', 'nowhere'];

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'evaluate', ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

describe('clip-tfjs evaluate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const at = (...path: string[]) => join(folder, ...path);
  const drawings = [
    ['noto/cat.png', 'cat'],
    ['noto/cookie.png', 'cookie'],
    ['noto/brain.png', 'brain'],
    ['noto/dog.png', 'dog'],
    ['noto/drum.png', 'drum'],
    ['noto/deer.png', 'deer'],
  ] as const;
  const write = (name: string, ...lines: string[]) => {
    writeFileSync(at(name), `${lines.join('\n')}\n`);
    return at(name);
  };
  let table: string;
  before(() => {
    for (const [file, label] of drawings) {
      mkdirSync(at('classes', label), { recursive: true });
      const source = join('examples', 'drawings', file);
      copyFileSync(source, at('classes', label, '1.png'));
    }
    writeFileSync(at('classes', 'dog', 'broken.png'), 'none');
    mkdirSync(at('empty', 'dog'), { recursive: true });
    table = write('data.csv', 'filepath,label', ...drawings.map(([, label]) => `classes/${label}/1.png,${label}`));
  });

  it('evaluates a folder per class, in words and as CLIP_benchmark says it, with a report', () => {
    const report = at('report.html');
    const choice = [at('classes'), ...model, '--template', '{}', '--template', 'a drawing of {}'];
    const json = run(...choice, '--report', report, '--json');
    assert.equal(json.code, 0, json.err);
    assert.match(json.err, /skipped .*broken\.png/);
    const result = JSON.parse(json.out);
    assert.deepEqual(Object.keys(result).slice(0, 6), [
      'dataset',
      'model',
      'pretrained',
      'task',
      'metrics',
      'language',
    ]);
    assert.deepEqual(Object.keys(result.metrics), ['acc1', 'acc5', 'mean_per_class_recall']);
    assert.deepEqual(
      [result.task, result.language, result.count, result.classCount],
      ['zeroshot_classification', 'en', 6, 6],
    );
    assert.ok(result.metrics.acc1 >= 4 / 6, JSON.stringify(result.metrics)); // it was trained on these drawings
    assert.deepEqual(result.templates, ['{}', 'a drawing of {}']);
    assert.equal(result.bad.length, 1);
    for (const hash of [result.modelHash, result.dataHash]) assert.match(hash, /^[0-9a-f]{64}$/);
    assert.ok(result.intervals.acc1.low < result.metrics.acc1);
    assert.equal(result.answers, undefined);

    const html = readFileSync(report, 'utf8');
    for (const part of [
      '6 pictures among 6 classes',
      'What is taken for what: all classes',
      'Reliability diagram',
      'What answering less',
      result.modelHash,
      result.dataHash,
      'a drawing of {}',
      'broken.png',
      'folder dog',
    ])
      assert.ok(html.includes(part), part);
    assert.doesNotMatch(html, /(src|href)="?https?:/);

    const words = run(...choice);
    assert.match(
      words.out,
      /^6 pictures among 6 classes, 2 templates\n {2}top-1 accuracy +[\d.]+ % {2}95 %: [\d.]+ to [\d.]+ %\n/,
    );
  });

  it('evaluates a table among more labels than it has', () => {
    const { code, out, err } = run(
      table,
      ...model,
      '--labels',
      'cat,cookie,brain,dog,drum,deer,castle,house',
      '--json',
    );
    assert.equal(code, 0, err);
    assert.equal(JSON.parse(out).classCount, 8);
    assert.equal(JSON.parse(out).classes.length, 6);
  });

  it('evaluates retrieval with several captions for a picture', () => {
    const captions = write(
      'captions.csv',
      'filepath,title',
      ...drawings.flatMap(([, label]) => [
        `classes/${label}/1.png,${label}`,
        `classes/${label}/1.png,a drawing of ${label}`,
      ]),
      'classes/dog/broken.png,never seen',
    );
    const report = at('retrieval.html');
    const { code, out, err } = run(captions, '--task', 'retrieval', ...model, '--report', report, '--json');
    assert.equal(code, 0, err);
    const result = JSON.parse(out);
    assert.equal(result.task, 'zeroshot_retrieval');
    const names = ['image', 'text'].flatMap((side) => [1, 5, 10].map((k) => `${side}_retrieval_recall@${k}`));
    assert.deepEqual(Object.keys(result.metrics), names);
    assert.deepEqual([result.pictures, result.texts, result.bad.length], [6, 12, 1]);
    assert.equal(result.metrics['image_retrieval_recall@10'], 1);
    assert.ok(result.metrics['text_retrieval_recall@1'] >= 0.5);
    assert.ok(result.imageRetrieval.meanRank >= 1);
    assert.match(readFileSync(report, 'utf8'), /6 pictures, 12 texts/);
    const words = run(captions, '--task', 'retrieval', ...model);
    assert.match(words.out, /texts look for pictures: mean rank [\d.]+, median \d+\n {2}recall@1 /);
  });

  const usage: [what: string, args: () => string[], message: RegExp][] = [
    ['data that is not there', () => [at('none')], /there is no such file or folder/],
    [
      'a label column that is missing',
      () => [table, '--label-column', 'class'],
      /expected a column 'class' but its header/,
    ],
    ['a class without pictures', () => [at('empty')], /the class 'dog' has no pictures/],
    [
      'a label that is none of those given',
      () => [table, '--labels', 'cat,cookie'],
      /'brain' \(line 4\) is none of the labels/,
    ],
    ['labels that repeat', () => [table, '--labels', 'dog,dog'], /class 'dog' is named twice/],
    ['a template without a place', () => [table, '--template', 'photo'], /expected {} where the class name goes/],
    [
      'a picture with two labels',
      () => [write('two.csv', 'filepath,label', 'classes/dog/1.png,dog', 'classes/dog/1.png,wolf')],
      /is 'dog' \(line 2\) and 'wolf' \(line 3\)/,
    ],
    [
      'a picture that is named twice',
      () => [write('twice.csv', 'filepath,label', 'classes/dog/1.png,dog', 'classes/dog/1.png,dog')],
      /line 3 repeats line 2/,
    ],
    [
      'one class',
      () => [write('one.csv', 'filepath,label', 'classes/dog/1.png,dog')],
      /expected two classes or more but got 'dog' alone/,
    ],
    ['a caption column that is missing', () => [table, '--task', 'retrieval'], /expected a column 'title'/],
    [
      'one caption',
      () => [write('pair.csv', 'filepath,title', 'classes/dog/1.png,dog'), '--task', 'retrieval'],
      /two pictures and two captions or more but .* has 1 and 1/,
    ],
    [
      'labels for retrieval',
      () => [table, '--task', 'retrieval', '--labels', 'a,b'],
      /--labels is of no use with --task retrieval/,
    ],
    ['a task that there is not', () => [table, '--task', 'detection'], /Allowed choices are classification, retrieval/],
  ];
  for (const [what, args, message] of usage)
    it(`ends with 2 on ${what}, before there is a model`, () => {
      const { code, out, err } = run(...args(), ...noModel);
      assert.match(err, message);
      assert.deepEqual([code, out], [2, '']);
    });

  it('says that a report cannot be written before there is a model', () => {
    const { code, err } = run(table, ...noModel, '--report', at('no', 'x.html'));
    assert.match(err, /there is no folder/);
    assert.equal(code, 1);
  });

  it('shows examples', () => assert.match(run('--help').out, /Examples:\n {2}\$ clip-tfjs evaluate /));
});
