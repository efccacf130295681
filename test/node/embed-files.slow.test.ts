import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { embedThrough } from '../../src/node/embed-files.ts';
import { openEngine } from '../../src/node/workers/engine.ts';
import {
  Clip,
  type EmbeddedFile,
  type EmbedFilesOptions,
  embedFiles,
  embedImages,
  loadClip,
  ModelError,
  readImage,
  useBackend,
} from '../../src/node.ts';
import { assertClose } from '../assert-close.ts';
import { goldens } from '../golden.ts';

const picture = (name: string) => join(goldens, 'images', name);
const kinds = ['rgb-large.png', 'palette.png', 'jpeg-420-q85.jpg', 'rgba.png', 'grey16.png', 'jpeg-grey.jpg'];
const model = join(goldens, 'pipeline/model.safetensors');

async function gather(rows: AsyncIterable<EmbeddedFile>): Promise<EmbeddedFile[]> {
  const gathered: EmbeddedFile[] = [];
  for await (const row of rows) gathered.push(row);
  return gathered;
}

/** Rows that compare: errors of other threads have other stacks. */
function plain(rows: EmbeddedFile[]) {
  return rows.map((row) => ({ ...row, error: row.error?.message }));
}

describe('embedFiles()', function () {
  this.timeout(120_000);
  let clip: Clip;
  let directory: string;
  let paths: string[];
  before(async () => {
    await useBackend('wasm');
    clip = await loadClip(model, { activation: 'quick_gelu' });
  });
  after(() => clip.dispose());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    paths = Array.from({ length: 23 }, (_, i) => picture(kinds[i % kinds.length] as string));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('gives what embedImages gives, in the order of the paths, and leaves no tensor behind', async () => {
    const { numTensors } = tf.memory();
    const rows = await gather(embedFiles(clip, paths, { workers: 0, batchSize: 4 }));
    const images = await Promise.all(paths.map((path) => readImage(path)));
    const expected = await embedImages(clip, images, { batchSize: 4 });
    assert.deepEqual(
      rows,
      paths.map((path, index) => {
        const { width, height } = images[index]!;
        return { path, embedding: expected[index], width, height };
      }),
    );
    assert.equal(tf.memory().numTensors, numTensors);
  });

  it('gives the same to the last bit with workers that embed, unreadable pictures among them', async () => {
    await writeFile(join(directory, 'bad.png'), 'no picture');
    paths.splice(5, 0, join(directory, 'bad.png'), join(directory, 'missing.png'), directory);
    const { numTensors } = tf.memory();
    const alone = await gather(embedFiles(clip, paths, { workers: 0, batchSize: 4 }));
    for (const workers of [1, 2, 3]) {
      const rows = await gather(embedFiles(clip, paths, { workers, batchSize: 4 }));
      assert.deepEqual(plain(rows), plain(alone), `${workers} workers`);
    }
    const [longAlone, longTogether] = await Promise.all(
      [0, 2].map((workers) => gather(embedFiles(clip, paths, { workers, batchSize: 4, unit: false }))),
    );
    assert.deepEqual(plain(longTogether!), plain(longAlone!), 'as long as the tower gives them');
    assert.ok(longAlone!.some(({ embedding }) => embedding && Math.abs(Math.hypot(...embedding) - 1) > 0.01));
    const [bad, missing, folder] = alone.slice(5, 8).map(({ error }) => error as NodeJS.ErrnoException);
    assert.match(bad?.message as string, /Cannot read image: expected PNG or JPEG .*bad.png/);
    assert.deepEqual([bad?.name, missing?.code, folder?.code], ['ImageError', 'ENOENT', 'EISDIR']);
    assert.equal(tf.memory().numTensors, numTensors);
  });

  it('gives the same with workers that decode while this thread embeds', async () => {
    paths.splice(5, 0, 'missing.png');
    const { numTensors } = tf.memory();
    const alone = await gather(embedFiles(clip, paths, { workers: 0, batchSize: 4 }));
    const options = { batchSize: 4, backend: 'wasm', exifRotate: false } as const;
    for (const threads of [1, 3]) {
      const engine = await openEngine(clip, { threads, embed: false }, options);
      assert.deepEqual(plain(await gather(embedThrough(engine, paths, options))), plain(alone), `${threads} workers`);
    }
    assert.equal(tf.memory().numTensors, numTensors);
  });

  it('embeds with the weights that the model has, not with those of its file', async () => {
    const other = await loadClip(model, { activation: 'quick_gelu', towers: 'image' });
    const proj = other.parameters.get('visual.proj') as tf.Tensor2D;
    const trained = new Map(other.parameters).set('visual.proj', tf.reverse(proj, 1));
    const changed = new Clip(other.config, 'image', trained, () => other.tokenizer, undefined);
    const [before] = await gather(embedFiles(other, paths.slice(0, 1), { workers: 1 }));
    const [after] = await gather(embedFiles(changed, paths.slice(0, 1), { workers: 1 }));
    const reversed = before?.embedding?.slice().reverse() ?? [];
    assertClose('embedding', after?.embedding ?? [], reversed, 1e-7); // the norm sums in another order
    proj.dispose();
    changed.dispose();
  });

  it('tells its progress, in this thread and in others', async () => {
    for (const workers of [0, 2]) {
      const progress: [number, number][] = [];
      const onProgress = (done: number, total: number) => progress.push([done, total]);
      await gather(embedFiles(clip, paths, { workers, batchSize: 10, onProgress }));
      assert.deepEqual(progress, [
        [10, 23],
        [20, 23],
        [23, 23],
      ]);
    }
  });

  it('takes paths as they are needed, a few batches ahead', async () => {
    let taken = 0;
    let given = 0;
    async function* endless() {
      for (;;) {
        taken++;
        yield picture('rgb-tiny-1x1.png');
      }
    }
    for await (const { error } of embedFiles(clip, endless(), { workers: 2, batchSize: 2 })) {
      assert.equal(error, undefined);
      assert.ok(taken - given <= 2 * (2 + 1), `${taken} taken, ${given} given`);
      if (++given === 40) break;
    }
  });

  it('gives a picture up that takes too long, after a second try, and goes on with the rest', async () => {
    const slow = join(directory, 'slow.png');
    await sharp({ create: { width: 9000, height: 9000, channels: 3, background: 'teal' } })
      .png()
      .toFile(slow);
    paths.splice(3, 0, slow);
    const rows = await gather(embedFiles(clip, paths, { workers: 1, batchSize: 4, timeLimit: 1500 }));
    assert.deepEqual(
      rows.map(({ path }) => path),
      paths,
    );
    assert.match(rows[3]?.error?.message as string, /A worker thread was lost: it took longer than 1500 ms/);
    assert.equal(rows.filter(({ error }) => error).length, 1);
  });

  const refusals: [what: string, options: EmbedFilesOptions, message: RegExp][] = [
    ['workers', { workers: -1 }, /expected workers to be 'auto', 0 or a positive integer but got -1/],
    ['a batchSize', { batchSize: 0 }, /expected batchSize to be a positive integer but got 0/],
  ];
  for (const [what, options, message] of refusals)
    it(`refuses ${what} that are none`, () => assert.rejects(gather(embedFiles(clip, paths, options)), message));

  it('refuses a model without an image tower', async () => {
    const text = await loadClip(model, { activation: 'quick_gelu', towers: 'text' });
    await assert.rejects(
      gather(embedFiles(text, paths)),
      (error) => error instanceof ModelError && /towers: 'image'/.test(error.message),
    );
    text.dispose();
  });

  for (const workers of [0, 2]) {
    it(`stops when it is told to, ${workers} workers`, async () => {
      const { numTensors } = tf.memory();
      const stop = new AbortController();
      const many = Array.from({ length: 400 }, () => picture('rgb-large.png'));
      const { signal } = stop;
      const seen: EmbeddedFile[] = [];
      const run = async () => {
        for await (const row of embedFiles(clip, many, { workers, batchSize: 2, signal })) {
          if (seen.push(row) === 4) setTimeout(() => stop.abort(new Error('enough')), 1);
        }
      };
      await assert.rejects(run(), /^Error: enough$/);
      assert.ok(seen.length < 400 && seen.every(({ error }) => !error));
      assert.equal(tf.memory().numTensors, numTensors);
      await assert.rejects(gather(embedFiles(clip, many, { workers, signal })), /^Error: enough$/);
    });
  }

  /** Runs a script in a process of its own, which must end by itself; what it prints. */
  async function printed(script: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const file = join(directory, 'script.mjs');
    const node = pathToFileURL(join('build', 'src', 'node.js')).href;
    await writeFile(
      file,
      `import { embedFiles, loadClip, useBackend } from ${JSON.stringify(node)};
      await useBackend('wasm');
      const clip = await loadClip(${JSON.stringify(model)}, { activation: 'quick_gelu' });
      ${script}`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [file], {
      timeout: 60_000,
      env: { ...process.env, ...env },
    });
    return stdout.trim();
  }

  it('lets the process end: when it is done, when it is stopped, when it is left', async () => {
    const call = (options: string) => `embedFiles(clip, ${JSON.stringify(paths)}, ${options})`;
    assert.equal(await printed(`for await (const _ of ${call('{ workers: 2 }')}); console.log('done');`), 'done');
    assert.equal(
      await printed(`for await (const _ of ${call('{ workers: 2, batchSize: 1 }')}) break; console.log('left');`),
      'left',
    );
    const stop = 'const stop = new AbortController(); setTimeout(() => stop.abort(new Error("stop")), 50);';
    const rows = call('{ workers: 2, signal: stop.signal }');
    assert.equal(
      await printed(
        `${stop} try { for await (const _ of ${rows}); } catch { console.log('stopped'); } finally { clip.dispose(); }`,
      ).then((text) => text || 'stopped'), // it may have been done before
      'stopped',
    );
  });

  /**
   * Loaded into the workers, too, before anything else: a worker that opens a file whose path matches FATAL ends, but each
   * file ends one worker at most where its path, or FATAL, says so with `once`.
   */
  const preload = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import { isMainThread } from 'node:worker_threads';
    const fatal = new RegExp(process.env.FATAL);
    function endOn(functions, name) {
      const original = functions[name];
      functions[name] = (path, ...rest) => {
        const was = process.env.MARKERS + '/' + String(path).replace(/\\W/g, '-');
        const isSpared = process.env.ONCE && fs.existsSync(was);
        if (!isMainThread && fatal.test(path) && !isSpared) {
          fs.writeFileSync(was, '');
          process.exit(9);
        }
        return original(path, ...rest);
      };
    }
    endOn(fs.promises, 'open');
    endOn(fs, 'readFileSync');
    syncBuiltinESMExports();`;

  const lossesOfWorkers: [what: string, env: { FATAL: string; ONCE?: string }, lost: (name: string) => boolean][] = [
    ['a picture costs it', { FATAL: 'cursed.png$', ONCE: '1' }, () => false],
    ['a picture costs each', { FATAL: 'cursed.png$' }, (name) => name === 'cursed.png'],
    ['the engine costs it', { FATAL: 'backend-wasm.*wasm$', ONCE: '1' }, () => false],
    ['the engine costs each', { FATAL: 'backend-wasm.*wasm$' }, () => true],
  ];
  for (const [what, env, isLost] of lossesOfWorkers) {
    it(`replaces a lost worker and tries its pictures once more, then reports them, where ${what}`, async () => {
      const names = ['a.png', 'b.png', 'cursed.png', 'd.png', 'e.png'];
      const files = names.map((name) => join(directory, name));
      for (const file of files) await copyFile(picture('rgba.png'), file);
      const hook = join(directory, 'preload.mjs');
      await writeFile(hook, preload);
      const text = await printed(
        `for await (const row of embedFiles(clip, ${JSON.stringify(files)}, { workers: 1, batchSize: 2 }))
          console.log(row.path.slice(${directory.length + 1}), row.error?.message ?? row.embedding.length);`,
        { ...env, MARKERS: directory, NODE_OPTIONS: `--import=${pathToFileURL(hook).href}` },
      );
      const reason = 'A worker thread was lost: it ended with code 9';
      assert.deepEqual(
        text.split('\n'),
        names.map((name) => `${name} ${isLost(name) ? reason : 32}`),
      );
    });
  }
});
