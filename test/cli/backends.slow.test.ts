import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldens, onEachBackend } from '../golden.ts';

const main = join('build', 'src', 'cli', 'main.js');
const model = ['--model', join(goldens, 'pipeline', 'model.safetensors'), '--activation', 'quick_gelu'];
const picture = join(goldens, 'images', 'rgba.png');

/** A command that does not end by itself is killed, and then its status is null. */
function run(args: string[], env: NodeJS.ProcessEnv = {}): { status: number | null; out: string; err: string } {
  const options = { encoding: 'utf8', timeout: 60_000, env: { ...process.env, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options);
  return { status, out: stdout, err: stderr };
}

onEachBackend((backend) => {
  const directory = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(directory, { recursive: true }));

  it('classify ends by itself, with the answer', () => {
    const { status, out, err } = run(['classify', picture, ...model, '-l', 'a,b', '--backend', backend, '--json']);
    assert.equal(status, 0, err);
    const [{ best }] = JSON.parse(out).results;
    assert.equal(best.label, 'a');
    assert.ok(Math.abs(best.probability - 0.761) < 0.001);
  });

  it('embed ends by itself, with the file', () => {
    const path = join(directory, 'rows.jsonl');
    const { status, err } = run(['embed', picture, ...model, '-o', path, '--backend', backend]);
    assert.equal(status, 0, err);
    assert.equal(JSON.parse(readFileSync(path, 'utf8')).embedding.length, 32);
  });

  it('a command that fails ends by itself, with 1', () => {
    const { status, err } = run(['classify', 'package.json', ...model, '-l', 'a', '--backend', backend]);
    assert.equal(status, 1, err);
  });

  it('doctor finds it good', () => {
    const { status, out, err } = run(['doctor', '--backend', backend, '--json']);
    assert.equal(status, 0, err);
    const { backends, taken } = JSON.parse(out);
    assert.equal(taken, null);
    assert.equal(backends.length, 1);
    assert.deepEqual([backends[0].backend, backends[0].state], [backend, 'good']);
    assert.ok(backends[0].speed.matmulGflops > 0);
  }).timeout(240_000);
});
