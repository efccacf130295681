import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSource } from '../../src/node/files.ts';
import { openSafetensors } from '../../src/weights/safetensors.ts';
import { goldens } from '../golden.ts';

const main = join('build', 'src', 'cli', 'main.js');
const model = ['--model', join(goldens, 'pipeline', 'model.safetensors'), '--activation', 'quick_gelu'];
const pipeline = [join(goldens, 'pipeline', 'model.safetensors'), '--activation', 'quick_gelu'];
const picture = (name: string) => join(goldens, 'images', name);

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

/** Runs with --json: standard output must be one object. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests look at
function runJson(...args: string[]): any {
  const { out, err, code } = run(...args, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('clip-tfjs', () => {
  it('shows help with an example for every command', () => {
    const { out, code } = run('--help');
    assert.equal(code, 0);
    for (const [, command = ''] of out.matchAll(/^ {2}(\w+) /gm)) {
      if (
        !['help', 'classify', 'calibrate', 'embed', 'inspect', 'doctor', 'convert', 'pull', 'native'].includes(command)
      )
        continue;
      if (command !== 'help') assert.match(run(command, '--help').out, /Examples?:\n {2}\$ clip-tfjs /, command);
    }
  });

  it('shows, removes and refuses native TensorFlow where there is none', () => {
    process.env.CLIP_TFJS_NATIVE = join(directory, 'native');
    try {
      for (const command of ['install', 'status', 'remove'])
        assert.match(run('native', command, '--help').out, /Examples?:\n {2}\$ clip-tfjs native /);
      const status = run('native', 'status');
      assert.equal(status.code, 1);
      assert.match(status.out, /works +no: it is not installed/);
      assert.match(status.err, /run 'clip-tfjs native install'/);
      assert.deepEqual(runJson('native', 'remove'), { directory: join(directory, 'native'), freed: 0 });
      const { code, err } = run('native', 'install', '--wheel', join(directory, 'none.whl'));
      assert.equal(code, 1);
      assert.match(err, /there is no such file/);
      const classify = run('classify', picture('grey.png'), ...model, '-l', 'a', '--backend', 'tensorflow');
      assert.equal(classify.code, 1);
      assert.match(classify.err, /native TensorFlow is not installed; run 'clip-tfjs native install'/);
    } finally {
      delete process.env.CLIP_TFJS_NATIVE;
    }
  });

  const usage: [what: string, args: string[], message: RegExp][] = [
    ['an unknown command', ['clasify'], /unknown command 'clasify'/],
    ['an unknown option', ['inspect', 'x', '--jsn'], /unknown option '--jsn'/],
    ['a missing model', ['classify', 'x.png', '-l', 'a'], /required option '-m, --model <path>' not specified/],
    ['a command of native that there is not', ['native', 'instal'], /unknown command 'instal'/],
    [
      'two sources of TensorFlow',
      ['native', 'install', '--cuda', '--wheel', 'x.whl'],
      /option '--wheel <file>' cannot be used with option '--cuda'/,
    ],
    ['no number of threads', ['classify', 'x.png', ...model, '--threads', '0'], /expected a positive whole number/],
    ['a count that is none', ['classify', 'x.png', ...model, '-k', 'many'], /expected a positive whole number/],
    ['workers that are none', ['embed', 'x', ...model, '-o', 'x.npy', '--workers', '-1'], /from 0, or 'auto'/],
    ['no labels', ['classify', picture('rgba.png'), ...model], /expected labels, e.g. --labels "cat,dog"/],
    ['empty labels', ['classify', picture('rgba.png'), ...model, '-l', ' ,'], /expected labels, e.g. --labels/],
    ['labels that repeat', ['classify', picture('rgba.png'), ...model, '-l', 'a,b,a'], /class 'a' is named twice/],
    [
      'a template without a place',
      ['classify', picture('rgba.png'), ...model, '-l', 'a', '-t', 'photo'],
      /Cannot fill template 'photo': expected {} where the class name goes/,
    ],
    [
      'threads for wasm',
      ['classify', picture('rgba.png'), ...model, '-l', 'a', '--threads', '2', '--backend', 'wasm'],
      /Cannot use --threads with --backend wasm/,
    ],
    [
      'an output of no known format',
      ['embed', picture('rgba.png'), ...model, '-o', 'x.csv'],
      /ends in .safetensors, .npy or .jsonl/,
    ],
    ['nothing to embed', ['embed', ...model, '-o', 'x.npy'], /expected pictures, .* but none are named/],
    [
      'a layout that there is not',
      ['convert', 'a', 'b', '--layout', 'timm'],
      /Allowed choices are huggingface, open_clip, openai/,
    ],
  ];
  for (const [what, args, message] of usage) {
    it(`ends with 2 on ${what}`, () => {
      const { code, err } = run(...args);
      assert.match(err, message);
      assert.equal(code, 2);
    });
  }

  const failures: [what: string, args: string[], message: RegExp][] = [
    [
      'a picture that is not there',
      ['classify', 'no.png', ...model, '-l', 'a,b'],
      /Cannot read no.png: there is no such file or folder/,
    ],
    [
      'a model that is not there',
      ['classify', picture('rgba.png'), '-m', 'nowhere', '-l', 'a,b'],
      /Cannot load nowhere: expected a directory/,
    ],
    [
      'a file with labels that is not there',
      ['classify', picture('rgba.png'), ...model, '--labels-file', 'no.txt'],
      /Cannot read no.txt: there is no such file/,
    ],
    [
      'a model that does not tell its activation',
      ['classify', picture('rgba.png'), ...model.slice(0, 2), '-l', 'a'],
      /pass --activation quick_gelu /,
    ],
    ['a folder without pictures', ['classify', 'scripts', ...model, '-l', 'a'], /there are no pictures in scripts/],
    ['text called .png', ['inspect', join('build', 'text.png')], /the content is none of these/],
    [
      'embeddings in a folder that is not there',
      ['embed', picture('rgba.png'), ...model, '-o', join('no', 'x.npy')],
      /^Cannot write to no\/x.npy: there is no folder no\n$/,
    ],
    [
      'embeddings where a folder is',
      ['embed', picture('rgba.png'), ...model, '-o', 'docs', '--format', 'jsonl'],
      /^Cannot write to docs: it is no ordinary file\n$/,
    ],
    [
      'a picture to be written where no folder is',
      ['inspect', picture('rgba.png'), '--out', join('no', 'x.png')],
      /^Cannot write to no\/x.png: there is no folder no\n$/,
    ],
    [
      'a model to be written into a file',
      ['convert', join(goldens, 'models/hf-vit-gelu'), 'package.json', '--layout', 'openai'],
      /^Cannot write to package.json: it is a file, not a folder\n$/,
    ],
  ];
  before(() => writeFile(join('build', 'text.png'), 'hello'));
  for (const [what, args, message] of failures) {
    it(`ends with 1 and one line on ${what}`, () => {
      const { code, err, out } = run(...args);
      assert.match(err, message);
      assert.equal(code, 1);
      assert.equal(out, '');
      assert.ok(!err.includes('    at '), 'no stack');
    });
  }
});

describe('clip-tfjs classify', () => {
  it('prints the answers, or one JSON object', () => {
    const { out } = run('classify', picture('rgba.png'), ...model, '-l', 'a dog,a cat,a diagram', '-k', '2');
    assert.match(out, /rgba.png: a dog\n {2}a dog +\d\d\.\d % +-?0\.\d+ +█+/);
    const { results, failed, templates } = runJson(
      'classify',
      picture('rgba.png'),
      ...model,
      '-l',
      'a dog,a cat',
      '--threshold',
      '0.9',
    );
    assert.equal(results[0].best, null);
    assert.deepEqual(results[0].ranked.map(({ label }: { label: string }) => label).sort(), ['a cat', 'a dog']);
    assert.deepEqual([failed, templates], [[], ['a photo of a {}.']]);
  });

  it('takes labels and templates from files', async () => {
    await writeFile(join(directory, 'labels.txt'), 'a dog\n\na cat\n');
    await writeFile(join(directory, 'templates.txt'), 'a {}\nthe {}\n');
    const { results, templates } = runJson(
      'classify',
      picture('rgba.png'),
      ...model,
      '--labels-file',
      join(directory, 'labels.txt'),
      '--templates-file',
      join(directory, 'templates.txt'),
    );
    assert.equal(results[0].ranked.length, 2);
    assert.deepEqual(templates, ['a {}', 'the {}']);
  });

  it('reports an unreadable picture of a folder and goes on with the rest', async () => {
    await copyFile(picture('rgba.png'), join(directory, 'good.png'));
    await writeFile(join(directory, 'bad.png'), 'no picture');
    const { results, failed } = runJson('classify', directory, ...model, '-l', 'a,b');
    assert.equal(results.length, 1);
    assert.match(failed[0].reason, /expected PNG or JPEG/);
    assert.equal(
      run('classify', join(directory, 'bad.png'), join(directory, 'good.png'), ...model, '-l', 'a,b').code,
      1,
    );
  });

  it('ends with 1 and one line where its output cannot be written', function () {
    if (!existsSync('/dev/full')) return this.skip();
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(
      process.execPath,
      [main, 'classify', picture('rgba.png'), ...model, '-l', 'a,b', '--json'],
      { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] },
    );
    closeSync(full);
    assert.match(stderr, /Cannot write to standard output: no space is left\n$/);
    assert.ok(!stderr.includes('    at '), stderr);
    assert.equal(status, 1);
  });

  it('ends quietly when its reader goes away', async () => {
    const child = spawn('sh', [
      '-c',
      `"${process.execPath}" ${main} classify ${join(goldens, 'images')} ${model.join(' ')} -l a,b | head -1`,
    ]);
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    await new Promise((resolve) => child.on('close', resolve));
    assert.ok(!err.includes('EPIPE') && !err.includes('Error'), err);
  });
});

describe('clip-tfjs embed', () => {
  it('writes the same vectors as safetensors, npy and JSONL', async () => {
    const out = (extension: string) => join(directory, `v.${extension}`);
    const pictures = [picture('rgba.png'), picture('palette.png')];
    for (const extension of ['safetensors', 'npy', 'jsonl']) {
      assert.equal(runJson('embed', ...pictures, ...model, '-o', out(extension)).rows, 2);
    }
    const file = await openSafetensors(await fileSource(out('safetensors')));
    const matrix = await file.readFloat32('embeddings');
    assert.deepEqual(file.tensors.get('embeddings')?.shape, [2, 32]);
    assert.deepEqual(JSON.parse(file.metadata.get('ids') as string), pictures);
    await file.close();
    const npy = await readFile(out('npy'));
    assert.match(
      npy.subarray(10, 110).toString('latin1'),
      /^{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 32\), }/,
    );
    assert.deepEqual(new Float32Array(Uint8Array.from(npy.subarray(128)).buffer), matrix);
    const lines = (await readFile(out('jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(Float32Array.from(lines.flatMap(({ embedding }) => embedding)), matrix);
    assert.deepEqual((await readdir(directory)).sort(), ['v.ids.json', 'v.jsonl', 'v.npy', 'v.safetensors']);
  });

  it('gives the same with worker threads and without, and reports what cannot be read', async () => {
    await writeFile(join(directory, 'bad.png'), 'no picture');
    await copyFile(picture('rgba.png'), join(directory, 'good.png'));
    const embed = (workers: string) => {
      const out = join(directory, `${workers}.jsonl`);
      const { rows, failed } = runJson('embed', directory, ...model, '-o', out, '--workers', workers);
      assert.equal(rows, 1);
      assert.match(failed[0].reason, /expected PNG or JPEG/);
      return readFile(out, 'utf8');
    };
    assert.equal(await embed('2'), await embed('0'));
  });

  it('embeds lines of text', async () => {
    await writeFile(join(directory, 'texts.txt'), 'a dog\na cat\na dog\n');
    const { rows } = runJson(
      'embed',
      '--texts',
      join(directory, 'texts.txt'),
      ...model,
      '-o',
      join(directory, 't.jsonl'),
    );
    assert.equal(rows, 2);
  });

  it('goes on after Ctrl-C where it was, and gives what an uninterrupted run gives', async () => {
    const folder = join(directory, 'pictures');
    await mkdir(folder);
    for (let i = 0; i < 120; i++)
      await copyFile(picture(i % 2 ? 'rgb-large.png' : 'rgb-landscape.png'), join(folder, `${i}.png`));
    const out = join(directory, 'v.jsonl');
    const args = ['embed', folder, ...model, '-o', out, '--batch-size', '2'];
    const child = spawn(process.execPath, [main, ...args]);
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    while (!existsSync(`${out}.partial`) || (await readFile(`${out}.partial`, 'utf8')).split('\n').length < 6)
      await new Promise((resume) => setTimeout(resume, 20));
    child.kill('SIGINT');
    assert.equal(await ended, 130, err);
    assert.match(err, /stopped; run the same command again to go on/);
    assert.ok(!existsSync(out));
    const partial = await readFile(`${out}.partial`, 'utf8');
    await writeFile(`${out}.partial`, partial.slice(0, -30)); // as if the machine had died in the midst of a line
    const again = run(...args);
    assert.match(again.err, /going on: \d+ of 120 were there already/);
    assert.equal(again.code, 0);
    assert.ok(!existsSync(`${out}.partial`));
    const whole = join(directory, 'whole.jsonl');
    run('embed', folder, ...model, '-o', whole, '--batch-size', '2');
    assert.equal(await readFile(out, 'utf8'), await readFile(whole, 'utf8'));
  }).timeout(120_000);
});

describe('clip-tfjs inspect', () => {
  it('shows a model from its header, an untold activation included', () => {
    const { layout, parameters, activationSource, config } = runJson(
      'inspect',
      join(goldens, 'models/openai-rn/model.safetensors'),
    );
    assert.deepEqual([layout, activationSource, config.vision.kind], ['openai', undefined, 'modified-resnet']);
    assert.ok(parameters > 100_000);
    assert.match(run('inspect', model[1] as string).out, /layers of width 64, 1 head\n/);
    assert.match(run('inspect', join(goldens, 'models/hf-vit-gelu')).out, /activation +gelu \(config.json\)/);
  });

  it('writes exactly what the model sees of a picture', async () => {
    const out = join(directory, 'seen.png');
    const { mode } = runJson(
      'inspect',
      picture('palette.png'),
      '--out',
      out,
      '--model',
      join(goldens, 'models/open_clip-vit-gelu'),
    );
    assert.equal(mode, 'P');
    assert.equal((await readFile(out)).readUInt32BE(16), 32);
  });
});

describe('clip-tfjs doctor and convert', () => {
  it('finds a good model good, and one of another activation bad', async () => {
    const golden = join(goldens, 'models/openai-vit/golden.safetensors');
    const source = join(goldens, 'models/openai-vit/model.safetensors');
    const good = run('doctor', source, '--activation', 'quick_gelu', '--golden', golden);
    assert.equal(good.code, 0);
    assert.match(good.out, /ok +vision_block_2_seq_first[\s\S]*All within 0.0001/);
    const bad = run('doctor', source, '--activation', 'gelu', '--golden', golden);
    assert.equal(bad.code, 1);
    assert.match(bad.out, /BAD +text_features/);
  });

  it('examines a model, and runs of the recorded outputs those that it can', () => {
    const { good, towers, layout, acceptance } = runJson('doctor', join(goldens, 'models/hf-vit-gelu'));
    assert.deepEqual([good, towers, layout], [true, 'both', 'huggingface']);
    assert.ok(acceptance.every(({ state }: { state: string }) => state === 'not run'));
    const { out, code } = run('doctor', ...pipeline, '--pictures', join(goldens, 'images'));
    assert.equal(code, 0);
    assert.match(out, /: good on \w+\n[\s\S]*\nencodes +yes\n[\s\S]*\nok +token ids of 5 texts\n/);
    assert.match(out, /not run +two cats, of transformers' tests +needs OpenAI's ViT-B\/32/);
    assert.equal(run('doctor', '--golden', 'x.safetensors').code, 2);
    assert.equal(run('doctor', '--pictures', 'x').code, 2);
  });

  it('finds a model bad whose tensors are not those of its config, and names them', async () => {
    await cp(join(goldens, 'models/open_clip-vit-gelu'), directory, { recursive: true });
    const path = join(directory, 'open_clip_config.json');
    const config = JSON.parse(await readFile(path, 'utf8'));
    config.model_cfg.text_cfg.layers += 1;
    await writeFile(path, JSON.stringify(config));
    const { out, code } = run('doctor', directory);
    assert.equal(code, 1);
    assert.match(out, /: BAD on \w+\n[\s\S]*MISSING +transformer.resblocks.\d+.attn.in_proj_weight\n/);
    assert.match(out, /encodes +not tried/);
  });

  it('takes pictures of another size where asked', () => {
    const resized = runJson('doctor', ...pipeline, '--image-size', '96');
    assert.deepEqual([resized.good, resized.config.preprocess.size], [true, 96]);
    const { err, code } = run('doctor', ...pipeline, '--image-size', '65');
    assert.equal(code, 1);
    assert.match(err, /imageSize 65 is not divisible by patchSize 16/);
  });

  it('shows the engines of this machine and which one will be used', () => {
    const { backends, taken, node } = runJson('doctor');
    assert.equal(node, process.versions.node);
    const states = new Map(backends.map(({ backend, state }: { backend: string; state: string }) => [backend, state]));
    assert.deepEqual([states.get('wasm'), states.get('cpu')], ['good', 'good']);
    assert.equal(states.get(taken), 'good');
  }).timeout(300_000);

  it('converts to a directory that gives the same outputs', () => {
    const golden = join(goldens, 'models/openai-vit/golden.safetensors');
    runJson(
      'convert',
      join(goldens, 'models/openai-vit/model.safetensors'),
      directory,
      '--activation',
      'quick_gelu',
      '--layout',
      'huggingface',
    );
    assert.equal(runJson('doctor', directory, '--golden', golden).good, true);
  });
});
