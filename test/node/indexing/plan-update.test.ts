import assert from 'node:assert/strict';
import { join } from 'node:path';
import { planUpdate } from '../../../src/node/indexing/plan-update.ts';
import type { Entry } from '../../../src/search/entry.ts';

const folder = join('/', 'photos');
const entryOf = (name: string, id: number): Entry => ({
  id,
  path: join(folder, name),
  size: 10,
  modified: 1.5,
  hash: 'a',
  width: 1,
  height: 1,
});
const filesOf = (...entries: Entry[]) =>
  new Map(entries.map(({ path, size, modified }) => [path, { path, size, modified, statusChanged: 2.5 }]));

describe('planUpdate()', () => {
  const [a, b] = [entryOf('a.png', 0), entryOf(join('locked', 'b.png'), 1)];

  it('takes nothing for gone that lies in a folder which cannot be read', () => {
    const unreadable = [{ path: join(folder, 'locked'), reason: 'permission is denied' }];
    const index = { entries: [a, b], failures: [] };
    const plan = planUpdate(index, { folders: [folder], files: filesOf(a), unreadable }, false);
    assert.deepEqual([plan.unchanged, plan.missing, plan.candidates, plan.emptied], [1, [], [], []]);
    assert.deepEqual(plan.known, [{ ...unreadable[0], size: -1, modified: -1 }]);
    assert.deepEqual(planUpdate(index, { folders: [folder], files: filesOf(a), unreadable: [] }, false).missing, [b]);
  });

  it('leaves what is not in the folders alone, also where a name begins like theirs', () => {
    const other = { ...a, path: join('/', 'photos2', 'a.png') };
    const failure = { path: join('/', 'photos2', 'c.png'), reason: 'no', size: 1, modified: 2 };
    const index = { entries: [other], failures: [failure] };
    const plan = planUpdate(index, { folders: [folder], files: filesOf(), unreadable: [] }, false);
    assert.deepEqual([plan.missing, plan.elsewhere, plan.known], [[], [failure], []]);
  });

  it('goes by size and both times; an entry that has no time of its status goes by the others', () => {
    const isCandidate = (changes: object) => {
      const entry = { ...a, statusChanged: 2.5, ...changes };
      return planUpdate({ entries: [entry], failures: [] }, walk, false).candidates.length === 1;
    };
    const walk = { folders: [folder], files: filesOf(a), unreadable: [] };
    assert.deepEqual(
      [{}, { size: 9 }, { modified: 1 }, { statusChanged: 2 }, { statusChanged: undefined }].map(isCandidate),
      [false, true, true, true, false],
    );
  });

  it('tries a file that could not be opened each time, others when their size or times have changed', () => {
    const known = { path: a.path, reason: 'damaged', size: 10, modified: 1.5 };
    const walk = { folders: [folder], files: filesOf(a), unreadable: [] };
    const candidates = (changes: object, rehash = false) =>
      planUpdate({ entries: [], failures: [{ ...known, ...changes }] }, walk, rehash).candidates.length;
    assert.deepEqual(
      [{}, { size: 9 }, { modified: 1 }, { statusChanged: 2 }, { size: -1, modified: -1 }].map((one) =>
        candidates(one),
      ),
      [0, 1, 1, 1, 1],
    );
    assert.equal(candidates({}, true), 1);
  });
});
