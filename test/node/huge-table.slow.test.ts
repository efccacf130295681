import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

describe('a table of a million rows', () => {
  it('is looked over, split and read with a heap that could not hold it', function () {
    this.timeout(600_000);
    const limits = ['--expose-gc', '--max-old-space-size=48', '--max-semi-space-size=8'];
    const child = spawnSync(process.execPath, [...limits, join('build', 'bench', 'pairs.js'), '1000000', '0'], {
      encoding: 'utf8',
    });
    assert.equal(child.status, 0, child.stderr.slice(-2000));
    const { table } = JSON.parse(child.stdout);
    assert.deepEqual([table.pairs, table['set apart']], [1_000_000, 100_000]);
    assert.ok(table['bytes held a pair'] < 17, JSON.stringify(table));
  });
});
