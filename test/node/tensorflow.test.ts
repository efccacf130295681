import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import tfjs from '@tensorflow/tfjs';
import { findStockTfjsNode, requireBinding } from '../../src/node/stock-tfjs-node.ts';
import { moduleLoader, setTensorflowDefaults } from '../../src/node/tfjs-node.ts';
import { useBackend } from '../../src/node.ts';

describe('native TensorFlow', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function write(files: Record<string, string>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), content);
    }
  }

  it('has its sources use our TensorFlow.js, wherever they lie and whatever lies beside them', async () => {
    await write({
      'one/node_modules/@tensorflow/tfjs/index.js': 'exports.isDecoy = true;',
      'one/node_modules/@tensorflow/tfjs-core/index.js': 'exports.isDecoy = true;',
      'one/node_modules/other/index.js': 'exports.name = "other";',
      'one/package/dist/a.js':
        'exports.tf = require("@tensorflow/tfjs"); exports.core = require("@tensorflow/tfjs-core"); exports.b = require("./b"); exports.other = require("other"); exports.util = require("util"); exports.file = __filename;',
      'one/package/dist/b.js': 'exports.a = require("./a"); exports.tf = require("@tensorflow/tfjs");',
    });
    for (const place of ['one', 'moved']) {
      if (place === 'moved') await rename(join(directory, 'one'), join(directory, place));
      const load = moduleLoader(join(directory, place, 'package'));
      // biome-ignore lint/suspicious/noExplicitAny: a module of JavaScript
      const a = load('dist/a.js') as any;
      assert.equal(a.tf, tfjs);
      assert.equal(a.core, tfjs);
      assert.equal(a.b.tf, tfjs);
      assert.equal(a.b.a, a);
      assert.equal(a.other.name, 'other');
      assert.equal(a.file, join(directory, place, 'package', 'dist', 'a.js'));
      assert.equal(a.util.isNullOrUndefined(undefined), true);
      assert.equal(a.util.isNullOrUndefined(0), false);
      assert.equal(a.util.isArray([]), true);
      assert.equal(typeof a.util.inspect, 'function');
    }
  });

  it('finds packages that are installed for the application or for us, the one with CUDA first', async () => {
    const stock = (name: string, version: string) => ({
      [`app/node_modules/@tensorflow/${name}/package.json`]: JSON.stringify({ version }),
    });
    await write({
      ...stock('tfjs-node', '4.22.0'),
      ...stock('tfjs-node-gpu', '3.21.0'),
      'app/node_modules/@tensorflow/tfjs-node/lib/napi-v5/tfjs_binding.node': '',
      'app/node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node': '',
      'app/node_modules/@tensorflow/tfjs-node/lib/napi-v99/tfjs_binding.node': '',
    });
    const from = [
      join(directory, 'app', 'src', 'main.js'),
      join(directory, 'app', 'index.js'),
      join(directory, 'x.js'),
    ];
    const [gpu, cpu, ...more] = findStockTfjsNode(from);
    assert.deepEqual(more, []);
    assert.deepEqual([gpu?.name, cpu?.name], ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']);
    assert.match(requireBinding(cpu!), /napi-v8/);
    assert.throws(() => requireBinding(gpu!), /expected version 4\.x but got 3\.21\.0/);
    assert.throws(
      () => requireBinding({ ...cpu!, binding: undefined }),
      /has no binding.*npm rebuild @tensorflow\/tfjs-node' or 'clip-tfjs native install/,
    );
  });

  /** Loads it in a process of its own, so that what this one has loaded does not matter. */
  function loadIn(native: string): { name: string; message: string } {
    const url = pathToFileURL(join('build', 'src', 'node', 'tensorflow.js')).href;
    const code = `import { tensorflowBackend } from '${url}';
      const error = await tensorflowBackend.load().catch((error) => error);
      console.log(JSON.stringify({ name: error?.name, message: error?.message }));`;
    const script = join(directory, 'load.mjs'); // an application outside of any project
    writeFileSync(script, code);
    const env = { ...process.env, CLIP_TFJS_NATIVE: native };
    return JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8', env }));
  }

  it('is missing where nothing is installed, with the cure', () => {
    const { name, message } = loadIn(join(directory, 'none'));
    assert.equal(name, 'BackendMissing');
    assert.match(message, /run 'clip-tfjs native install'/);
  });

  it('is broken, not missing, where what is installed cannot be loaded', async () => {
    await write({ 'native/native.json': JSON.stringify({ format: 1 }) });
    const { name, message } = loadIn(join(directory, 'native'));
    assert.equal(name, 'Error');
    assert.match(
      message,
      /^what is installed in .* cannot be loaded \(.*tfjs_binding\.node.*; 'clip-tfjs native install' mends that$/s,
    );
  });

  it('is told to be quiet and modest, unless the user has said otherwise', () => {
    const environment: NodeJS.ProcessEnv = { TF_CPP_MIN_LOG_LEVEL: '0' };
    setTensorflowDefaults(environment);
    assert.deepEqual(environment, {
      OMP_WAIT_POLICY: 'passive',
      TF_CPP_MIN_LOG_LEVEL: '0',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    });
  });

  it('alone has threads to choose', async () => {
    await assert.rejects(useBackend('wasm', { threads: 2 }), RangeError);
    for (const threads of [0, 1.5, Number.NaN])
      await assert.rejects(useBackend('tensorflow', { threads }), /expected a positive whole number/);
  });
});
