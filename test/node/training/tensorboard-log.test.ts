import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '../../../src/node/training/log.ts';
import { tensorboardDirectory, withTensorboard } from '../../../src/node/training/tensorboard-log.ts';

describe('a log that TensorBoard reads too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const entry = { epoch: 0, meanLoss: 2, time: '2026-01-01T00:00:00Z' };

  it('stands in the run, or where it is wanted', () => {
    assert.equal(tensorboardDirectory('out', false), undefined);
    assert.equal(tensorboardDirectory('out', true), join('out', 'tensorboard'));
    assert.equal(tensorboardDirectory('out', 'elsewhere'), 'elsewhere');
  });

  it('goes on without events where they cannot be written, says so once, and notes no directory', async () => {
    const [directory, path] = [join(folder, 'events'), join(folder, 'log.jsonl')];
    const said: string[] = [];
    const report = (message: string) => void said.push(message);
    const place = { directory, kept: undefined, path, bytes: 0, step: 0, report };
    const log = await withTensorboard(await openLog(path, 0), { ...place, settings: [['a|b', 'one\ntwo']] });
    writeFileSync(directory, ''); // as when a network folder goes away
    await log.add(entry);
    await log.add({ ...entry, epoch: 1 });
    assert.equal(await log.keep(), undefined);
    const bytes = await log.sync();
    await log.close();
    assert.equal(readFileSync(path, 'utf8').split('\n').length, 3);
    assert.equal(said.length, 1);
    assert.match(
      said[0] ?? '',
      /^Cannot write to .*events: it is a file, not a folder; the run goes on without events/,
    );

    rmSync(directory);
    const later = { ...place, bytes, step: 1 };
    const mended = await withTensorboard(await openLog(path, bytes), { ...later, settings: [['a|b', 'one\ntwo']] });
    assert.equal(await mended.keep(), directory);
    await mended.close();
    const [file = ''] = readdirSync(directory);
    const text = readFileSync(join(directory, file), 'latin1');
    assert.equal(text.split('epoch/meanLoss').length, 3);
    assert.match(text, /\| a\\\|b \| one two \|/);
  });
});
