import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCheckpoint, writeCheckpoint } from '../../src/node/checkpoints.ts';
import type { TrainingState } from '../../src/train.ts';

describe('checkpoints', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const stateOf = (step: number): TrainingState => ({
    progress: { step, skipped: 1, updates: step - 1, seed: 7 },
    tensors: new Map([
      ['weight.a', Float32Array.of(step, 1 / 3, Number.MIN_VALUE)],
      ['first.a', Float32Array.of(-0, Number.POSITIVE_INFINITY, 5e-324)],
      ['weight.scalar', Float32Array.of(2)],
    ]),
  });

  it('come back as they were, and the newest alone stays', async () => {
    const directory = join(folder, 'run');
    assert.equal(await findCheckpoint(directory), undefined);
    await writeCheckpoint(directory, { state: stateOf(99), notes: { log: 1 } });
    await writeCheckpoint(directory, { state: stateOf(100), notes: { log: 2 } });
    assert.deepEqual(readdirSync(directory), ['step-00000100']);
    const found = await findCheckpoint(directory);
    assert.deepEqual(found?.notes, { log: 2 });
    assert.deepEqual(found?.progress, stateOf(100).progress);
    const { tensors } = await found!.read();
    assert.deepEqual([...tensors].sort(), [...stateOf(100).tensors].sort());
  });

  it('are found beside what a killed process left, which is removed with the next', async () => {
    const directory = join(folder, 'killed');
    await writeCheckpoint(directory, { state: stateOf(5), notes: {} });
    const left = join(directory, '.step-00000006.0.tmp');
    mkdirSync(left);
    writeFileSync(join(left, 'state.safetensors'), 'half');
    mkdirSync(join(directory, 'step-00000004'));
    assert.equal((await findCheckpoint(directory))?.progress.step, 5);
    await writeCheckpoint(directory, { state: stateOf(7), notes: {} });
    assert.deepEqual(readdirSync(directory), ['step-00000007']);
  });

  it('leave the last one where writing fails', async () => {
    const directory = join(folder, 'failed');
    await writeCheckpoint(directory, { state: stateOf(5), notes: {} });
    const broken = { ...stateOf(6), tensors: new Map([['x', 'no numbers' as unknown as Float32Array]]) };
    await assert.rejects(writeCheckpoint(directory, { state: broken, notes: {} }));
    assert.deepEqual(readdirSync(directory), ['step-00000005']);
  });

  it('of another format are refused', async () => {
    const directory = join(folder, 'newer');
    await writeCheckpoint(directory, { state: stateOf(5), notes: {} });
    const path = join(directory, 'step-00000005', 'state.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"format":1', '"format":9'));
    await assert.rejects(findCheckpoint(directory), /expected a checkpoint of format 1 but got 9; use the version/);
  });
});
