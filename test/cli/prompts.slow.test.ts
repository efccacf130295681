import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PromptReport } from '../../src/classify/explain-prompts.ts';
import { templateSets } from '../../src/classify/template-sets.ts';

const main = join('build', 'src', 'cli', 'main.js');
const drawing = join('examples', 'drawings', 'streamline', 'beer-mug.png');
const clock = join('examples', 'drawings', 'noto', 'alarm-clock.png');
const model = ['--model', 'emoji-clip', '--backend', 'wasm'];

describe('clip-tfjs prompts', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  });
  after(() => rm(directory, { recursive: true }));

  function run(...args: string[]): { code: number | null; out: string; err: string } {
    const env = { ...process.env, CLIP_TFJS_CACHE: join(directory, 'cache') };
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env });
    return { code: status, out: stdout, err: stderr };
  }

  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests look at
  function runJson(...args: string[]): any {
    const { out, err, code } = run(...args, '--json');
    assert.equal(code, 0, err);
    return JSON.parse(out);
  }

  async function written(name: string, content: string): Promise<string> {
    await writeFile(join(directory, name), content);
    return join(directory, name);
  }

  it('shows sets with their sources, and the templates of one', () => {
    const { out } = run('prompts', 'list');
    assert.match(out, /^openai-80 +80 +openai\/CLIP, notebooks\/Prompt_Engineering_for_ImageNet.ipynb \(MIT\)$/m);
    assert.deepEqual(runJson('prompts', 'list'), templateSets);
    assert.equal(run('prompts', 'list', 'stl10').out, 'a photo of a {}.\na photo of the {}.\n');
    assert.deepEqual(runJson('prompts', 'list', 'stl10'), templateSets.stl10);
    for (const command of ['list', 'select'])
      assert.match(run('prompts', command, '--help').out, /Examples?:\n {2}\$ clip-tfjs prompts /);
  });

  it('classifies with a set, synonyms and descriptions, and keeps what it embedded', async () => {
    const classes = await written(
      'classes.json',
      JSON.stringify([
        { name: 'timepiece', synonyms: ['alarm clock', 'watch'], descriptions: ['a clock with bells'] },
        { name: 'animal', synonyms: ['dog', 'cat', 'bird'] },
      ]),
    );
    const args = ['classify', clock, ...model, '--classes-file', classes, '-l', 'house,tree,airplane,face'];
    const few = runJson(...args, '--template-set', 'drawings');
    assert.deepEqual(few.templates, templateSets.drawings.templates);
    assert.equal(few.results[0].best.label, 'timepiece');
    assert.deepEqual((await readdir(directory)).sort(), ['cache', 'classes.json'], '78 prompts were not kept');
    assert.deepEqual(runJson(...args, '--template-set', 'drawings'), few);
  });

  it('says what each template brings to an answer', () => {
    const labels = ['-l', 'cat,dog,airplane,house,tree,beer mug'];
    const args = [
      'classify',
      drawing,
      ...model,
      ...labels,
      '--template-set',
      'drawings',
      '-t',
      'a photo of a {}.',
      '--prompts',
    ];
    const [{ best, prompts }] = runJson(...args).results as [{ best: { label: string }; prompts: PromptReport }];
    assert.equal(prompts.label, best.label);
    assert.equal(prompts.votes.length, 8);
    const lead = prompts.votes.reduce((sum, { contribution }) => sum + contribution, prompts.descriptions);
    assert.ok(Math.abs(lead - prompts.lead) < 1e-6);
    const { out } = run(...args);
    assert.match(
      out,
      /\d of 8 templates alone say .*; together they lead .* by 0\.\d{4}\n {2}part +template +alone +lead/,
    );
    assert.equal(out.match(/^ {2}[+-]0\.\d{4} /gm)?.length, 8);
  });

  it('chooses templates on some drawings and measures on others', async () => {
    const out = join(directory, 'templates.txt');
    const data = join('examples', 'drawings', 'drawings.csv');
    const few = (await readFile(data, 'utf8')).split('\n').slice(0, 60);
    await cp(join('examples', 'drawings'), join(directory, 'drawings'), { recursive: true });
    const table = await written(join('drawings', 'few.csv'), few.join('\n'));
    const args = ['prompts', 'select', table, '--label-column', 'title', ...model, '--out', out];
    const result = runJson(
      ...args,
      '-t',
      'a drawing of {}',
      '-t',
      'no {} here',
      '-t',
      'house cat dog tree {} of the plane',
    );
    assert.equal(result.templates[0], 'a drawing of {}');
    assert.equal(result.pictures + result.measured[0].pictures, 59);
    assert.equal(result.alone.length, 3);
    const [chosen, all] = result.measured;
    assert.ok(chosen.interval.low <= chosen.accuracy && chosen.accuracy <= chosen.interval.high);
    assert.equal(all.templates, 3);
    assert.deepEqual((await readFile(out, 'utf8')).trimEnd().split('\n'), result.templates);
    const { out: text } = run(...args, '--templates-file', out, '-t', 'a {}');
    assert.match(text, /^chosen on 40 pictures from \d templates, .*\n( {2}\d+\.\d % .*\n)+\non 19 other pictures/);
  });

  const refused: [what: string, args: string[], message: RegExp][] = [
    ['an unknown set', ['classify', drawing, ...model, '-l', 'a', '--template-set', 'x'], /prompts list' shows/],
    [
      'an unknown set to show',
      ['prompts', 'list', 'x'],
      /Cannot find template set 'x': expected one of default, openai-80/,
    ],
    ['one label, with --prompts', ['classify', drawing, ...model, '-l', 'a', '--prompts'], /at least two labels/],
    [
      'one template to choose from',
      ['prompts', 'select', 'x', ...model, '-t', '{}'],
      /at least two to choose from but got one/,
    ],
  ];
  for (const [what, args, message] of refused) {
    it(`ends with 2 on ${what}`, () => {
      const { code, err } = run(...args);
      assert.match(err, message);
      assert.equal(code, 2);
    });
  }

  it('ends with 2 on classes that are none, and pictures of others, before a model is loaded', async () => {
    const nowhere = ['--model', 'nowhere'];
    const classes = await written('bad.json', '[{"name": "cat", "synonim": []}]');
    const classify = run('classify', drawing, ...nowhere, '--classes-file', classes);
    assert.match(classify.err, /bad.json: expected class 1 with name, synonyms and descriptions but got 'synonim'/);
    assert.equal(classify.code, 2);
    for (const label of ['cat', 'dog']) {
      await mkdir(join(directory, 'data', label), { recursive: true });
      for (const copy of ['1.png', '2.png']) await cp(drawing, join(directory, 'data', label, copy));
    }
    const data = join(directory, 'data');
    const others = await written('others.json', '["cat", "bird"]');
    const select = run('prompts', 'select', data, ...nowhere, '--classes-file', others);
    assert.match(select.err, /the pictures' label 'dog' is no class of --classes-file/);
    assert.equal(select.code, 2);
    const missing = run('prompts', 'select', data, ...nowhere, '--out', join(directory, 'no', 'x.txt'));
    assert.match(missing.err, /there is no folder/);
    assert.equal(missing.code, 1);
  });
});
