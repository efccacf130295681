import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readBlocks } from '../../src/node/ensemble-blocks.ts';

const script = fileURLToPath(new URL('./classifier-child.js', import.meta.url));

type Line = { done: number; total: number };
type Result = { encoded: number; peak: number; firsts: number[] };

describe('an ensemble of 80 templates and 1,000 classes', () => {
  let cache: string;
  before(async () => {
    cache = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  });
  after(() => rm(cache, { recursive: true }));

  const start = () =>
    spawn(process.execPath, [script], {
      env: { ...process.env, CLIP_TFJS_CACHE: cache },
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  async function linesOf(child: ChildProcess, stopAfter = Number.POSITIVE_INFINITY): Promise<(Line | Result)[]> {
    const lines: (Line | Result)[] = [];
    for await (const text of createInterface({ input: child.stdout! })) {
      const line = JSON.parse(text) as Line | Result;
      lines.push(line);
      if ('done' in line && line.done >= stopAfter) break;
    }
    return lines;
  }

  async function finish(): Promise<{ first: Line; result: Result }> {
    const lines = await linesOf(start());
    return { first: lines[0] as Line, result: lines.at(-1) as Result };
  }

  it('goes on after a kill with what is missing, in bounded memory', async () => {
    const child = start();
    const ended = once(child, 'exit');
    await linesOf(child, 30_000);
    child.kill('SIGKILL');
    assert.deepEqual(await ended, [null, 'SIGKILL']);
    const [key = ''] = await readdir(join(cache, 'ensembles'));
    const directory = join(cache, 'ensembles', key);
    const { rows, files } = await readBlocks(directory, 1024);
    assert.ok(files.length > 10 && rows.size * 80 > 28_000, `only ${rows.size} classes were kept`);

    const { first, result } = await finish();
    assert.equal(first.total, 80_000);
    assert.equal(first.done, 80 * rows.size);
    assert.equal(result.encoded, 80_000 - 80 * rows.size);
    assert.ok(result.peak < 200e6, `${Math.round(result.peak / 1e6)} MB more than before; all vectors are 328 MB`);
    assert.equal((await readdir(directory)).filter((name) => name.endsWith('.safetensors')).length, 1);

    const again = await finish();
    assert.equal(again.result.encoded, 0);
    assert.deepEqual(again.result.firsts, result.firsts);
  });
});
