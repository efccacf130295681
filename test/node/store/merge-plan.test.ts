import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compactionRuns, dueMerge } from '../../../src/node/store/merge-plan.ts';

const counts = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 40 });

describe('merging shards', () => {
  it('is due for sixteen of about one size at the end', () => {
    assert.equal(dueMerge(Array(15).fill(8), 1000), undefined);
    assert.deepEqual(dueMerge(Array(16).fill(8), 1000), { from: 0, to: 16 });
    assert.deepEqual(dueMerge([500, ...Array(16).fill(8)], 1000), { from: 1, to: 17 });
    assert.deepEqual(dueMerge(Array(20).fill(8), 1000), { from: 0, to: 20 });
    assert.equal(dueMerge([60, ...Array(15).fill(8)], 1000), undefined);
    assert.equal(dueMerge(Array(16).fill(100), 1000), undefined);
  });

  it('rewrites each row a few times only, and leaves few shards', () => {
    let [shards, written] = [[] as number[], 0];
    for (let i = 0; i < 10_000; i++) {
      const run = dueMerge(shards, 65_536);
      if (run) {
        const merged = shards.slice(run.from, run.to).reduce((sum, rows) => sum + rows, 0);
        shards = [...shards.slice(0, run.from), merged];
        written += merged;
      }
      shards.push(64);
    }
    assert.ok(written <= 4 * 640_000, `${written} rows were written again`);
    assert.ok(shards.length <= 80, `${shards.length} shards`);
  });

  it('by compaction takes all, in order, no more than fit, and finds nothing to do again', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 200 }), (rows, most) => {
        const runs = compactionRuns(rows, most);
        const sum = ({ from, to }: { from: number; to: number }) => rows.slice(from, to).reduce((a, b) => a + b, 0);
        assert.deepEqual(
          runs.flatMap(({ from, to }) => rows.slice(from, to)),
          rows,
        );
        for (const run of runs) assert.ok(run.to - run.from === 1 || sum(run) <= most);
        const merged = runs.map(sum).filter((count) => count > 0);
        assert.deepEqual(
          compactionRuns(merged, most).map(({ from, to }) => to - from),
          merged.map(() => 1),
        );
      }),
    );
  });
});
