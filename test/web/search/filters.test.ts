import assert from 'node:assert/strict';
import { describeFilters, filterFault, noFilters, serverFilter } from '../../../web/search/filters.ts';

describe('the filters of the search page', () => {
  it('are sent as the server takes them: days from midnight to midnight, sizes in bytes', () => {
    assert.equal(serverFilter(noFilters), undefined);
    const filters = { path: '2024/*.jpg', from: '2024-02-28', until: '2024-02-29', least: '2.5', most: '100' };
    assert.deepEqual(serverFilter(filters), {
      path: '2024/*.jpg',
      after: new Date(2024, 1, 28).getTime(),
      before: new Date(2024, 2, 1).getTime(), // all of the last day counts
      minSize: 2500,
      maxSize: 100_000,
    });
    assert.deepEqual(serverFilter({ ...noFilters, least: '0' }), { minSize: 0 });
  });

  it('are said in a few words', () => {
    assert.deepEqual(describeFilters(noFilters), []);
    const said = describeFilters({ path: 'noto', from: '2024-02-28', until: '2024-02-29', least: '2.5', most: '100' });
    assert.deepEqual([said.length, said[0], said[3], said[4]], [5, 'noto', '2.5 kB or more', '100 kB or less']);
    assert.match(said[1] ?? '', /^from .*28.*2024|^from .*2024.*28/);
  });

  it('are refused where nothing can be between two bounds', () => {
    assert.equal(filterFault({ ...noFilters, from: '2024-02-28', until: '2024-02-28', least: '3', most: '3' }), '');
    assert.match(filterFault({ ...noFilters, from: '2024-02-28', until: '2024-02-27' }), /day is before the first/);
    assert.match(filterFault({ ...noFilters, least: '20', most: '3' }), /size is below the least/);
  });
});
