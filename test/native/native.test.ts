import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compilerArguments } from '../../src/node/native/build.ts';
import { places } from '../../src/node/native/where.ts';

const main = resolve('build', 'src', 'cli', 'main.js');
const library = pathToFileURL(resolve('build', 'src', 'node.js')).href;
const names = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

/** Installs the published TensorFlow (needs the network, pip, a compiler and 1.5 GB of disk), and computes with it. */
describe('clip-tfjs native, with the published files', () => {
  let directory: string;
  let native: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-native-'));
    native = join(directory, 'first', 'native');
  });
  after(() => rm(directory, { recursive: true }));

  type Run = { code: number | null; out: string; err: string };

  function run(args: readonly string[], env: NodeJS.ProcessEnv = {}, node = process.execPath): Run {
    const { status, stdout, stderr } = spawnSync(node, args, {
      encoding: 'utf8',
      env: { ...process.env, CLIP_TFJS_NATIVE: native, ...env },
    });
    return { code: status, out: stdout, err: stderr };
  }

  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests look at
  function runJson(...args: string[]): any {
    const { code, out, err } = run([main, 'native', ...args, '--json']);
    assert.equal(code, 0, err);
    return JSON.parse(out);
  }

  /** Runs files of build/test on the backend tensorflow. @returns how many tests passed */
  function testsOnTensorflow(files: readonly string[], node = process.execPath): number {
    const tests = files.map((name) => join('build', 'test', `${name}.test.js`));
    const mocha = [join('node_modules', 'mocha', 'bin', 'mocha.js'), '--no-package', '--timeout', '120000', ...tests];
    const { code, out, err } = run(mocha, { CLIP_TFJS_BACKENDS: 'tensorflow' }, node);
    assert.equal(code, 0, `${node}:\n${out}${err}`);
    return Number(out.match(/(\d+) passing/)?.[1]);
  }

  it('installs, once', () => {
    assert.equal(runJson('install').isNew, true);
    assert.equal(runJson('install').isNew, false);
  });

  it('works, also after it was moved', async () => {
    const { works, manifest, problem } = runJson('status');
    assert.equal(works, true, problem);
    assert.match(manifest.tensorflow.version, /^2\.\d+\.\d+$/);
    const moved = join(directory, 'second', 'native');
    await mkdir(dirname(moved));
    await rename(native, moved);
    native = moved;
    assert.equal(runJson('status').works, true);
  });

  it('gives the golden values, on each supported Node', () => {
    const others = JSON.parse(
      execFileSync(process.execPath, ['scripts/other-nodes.mjs', directory], { encoding: 'utf8' }),
    ) as string[];
    for (const node of [process.execPath, ...others]) {
      const passing = testsOnTensorflow(['models', 'clip', 'embed', 'nn/fused-block'], node);
      assert.ok(passing > 70, `${node}: only ${passing} tests ran`);
    }
  });

  it('has every operator right', () => {
    assert.ok(testsOnTensorflow(['parity/parity']) > 200);
  });

  it('embeds by the thousand without taking more memory', () => {
    assert.equal(testsOnTensorflow(['soak/soak']), 1);
  });

  it('is used by the commands, with as many threads as are asked for', async () => {
    const script = join(directory, 'threads.mjs');
    await writeFile(
      script,
      `import { readdirSync } from 'node:fs';
      import { useBackend } from '${library}';
      const threads = Number(process.argv[2]);
      const name = await useBackend(undefined, { threads });
      const late = await useBackend('tensorflow', { threads: threads + 1 }).catch(({ message }) => message);
      console.log(JSON.stringify({ name, late, count: readdirSync('/proc/self/task').length }));`,
    );
    const [one, eight] = ['1', '8'].map((threads) => JSON.parse(run([script, threads]).out));
    assert.equal(one.name, 'tensorflow');
    assert.match(one.late, /Cannot use 2 threads: TensorFlow is loaded and took 1;/);
    assert.ok(eight.count >= one.count + 6, `${one.count} threads with 1 asked for, ${eight.count} with 8`);
    const golden = join('test', 'goldens', 'pipeline', 'model.safetensors');
    const picture = join('test', 'goldens', 'images', 'rgb-portrait.png');
    const options = [
      '-m',
      golden,
      '--activation',
      'quick_gelu',
      '-l',
      'a,b',
      '--backend',
      'tensorflow',
      '--threads',
      '1',
    ];
    const { code, err } = run([main, 'classify', picture, ...options]);
    assert.equal(code, 0, err);
    assert.doesNotMatch(err, /cpu_feature_guard/); // its note on oneDNN comes before it has read what it may say
  });

  it('takes the libraries of a directory', () => {
    const first = native;
    native = join(directory, 'third', 'native');
    const { tensorflow } = runJson('install', '--libdir', join(first, places.tensorflow));
    assert.equal(tensorflow.directory, join(first, places.tensorflow));
    assert.equal(runJson('status').works, true);
    native = first;
  });

  /** A project with @tensorflow/tfjs-node as its installer leaves it, with today's library in place of that of 2022. */
  async function makeStockProject(): Promise<{ script: string; binding: string }> {
    const project = join(directory, 'project');
    const stock = join(project, 'node_modules', '@tensorflow', 'tfjs-node');
    const binding = join(stock, 'lib', 'napi-v8', 'tfjs_binding.node');
    await cp(join(native, places.tfjsNode), stock, { recursive: true });
    await cp(join(native, places.packages, 'google-protobuf'), join(project, 'node_modules', 'google-protobuf'), {
      recursive: true,
    });
    for (const folder of [dirname(binding), join(stock, 'deps', 'lib')]) await mkdir(folder, { recursive: true });
    const libraries = join(stock, 'deps', 'lib');
    for (const name of names) await symlink(join(native, places.tensorflow, name), join(libraries, name));
    const line = compilerArguments({ directory: libraries, headers: places.headers, names }, binding, process.platform);
    execFileSync(process.env.CXX ?? 'g++', line, { cwd: native });
    const script = join(project, 'main.mjs');
    await writeFile(
      script,
      `import { createRequire } from 'node:module';
      import { useBackend } from '${library}';
      const name = await useBackend();
      const tf = createRequire('${library}')('@tensorflow/tfjs');
      const rows = await tf.matMul([[1, 2]], [[3], [4]]).data();
      console.log(JSON.stringify({ name, active: tf.getBackend(), value: rows[0] }));`,
    );
    return { script, binding };
  }

  it('uses a stock package that works first, and passes over a broken one', async () => {
    const { script, binding } = await makeStockProject();
    const expected = { name: 'tensorflow', active: 'tensorflow', value: 11 };
    const none = { CLIP_TFJS_NATIVE: join(directory, 'none') };
    const first = run([script], none);
    assert.deepEqual(JSON.parse(first.out), expected, first.err);
    assert.doesNotMatch(first.err, /clip-tfjs/);
    await writeFile(binding, 'broken');
    const second = run([script]);
    assert.deepEqual(JSON.parse(second.out), expected, second.err);
    assert.match(second.err, /computing with the TensorFlow in .*native, because .*tfjs_binding\.node/);
    const third = run([script], none);
    assert.equal(JSON.parse(third.out).name, 'wasm', third.err);
    assert.match(third.err, /computing with backend 'wasm', because tensorflow: .*tfjs_binding\.node/);
  });

  it('computes without fused operators that do not load, and says so', async () => {
    const path = join(native, places.kernels);
    await rename(path, `${path}.kept`);
    await writeFile(path, 'broken');
    const code = `import { useBackend } from '${library}'; console.log(await useBackend());`;
    const { out, err } = run(['--input-type=module', '--eval', code]);
    await rename(`${path}.kept`, path);
    assert.equal(out.trim(), 'tensorflow', err);
    assert.match(err, /TensorFlow runs without the fused operators, because .*clip_kernels\.node/);
  });

  it('removes itself, once', () => {
    assert.ok(runJson('remove').freed > 5e8);
    assert.equal(runJson('remove').freed, 0);
    const { code, out } = run([main, 'native', 'status']);
    assert.equal(code, 1);
    assert.match(out, /not installed/);
  });
});
