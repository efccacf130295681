import assert from 'node:assert/strict';
import { crossedValues, groupingOf, groupSizes } from '../../../src/evaluate/audit/grouping.ts';
import { allHarmLabels, clipPaperHarmLabels, parseHarmLabels } from '../../../src/evaluate/audit/harm-labels.ts';

describe('denigrating labels', () => {
  it('are read with categories or without', () => {
    assert.deepEqual(parseHarmLabels('thief\n\n criminal \r\n', 'list.txt').categories, [
      { name: 'denigrating', labels: ['thief', 'criminal'] },
    ]);
    assert.deepEqual(parseHarmLabels('[crime]\nthief\n[animals]\nape', 'list.txt').categories, [
      { name: 'crime', labels: ['thief'] },
      { name: 'animals', labels: ['ape'] },
    ]);
  });

  it('are refused where the list is unfit', () => {
    assert.throws(() => parseHarmLabels('\n', 'list.txt'), /Cannot read list.txt: expected one label a line/);
    assert.throws(() => parseHarmLabels('thief\nape\nthief', 'list.txt'), /the label 'thief' in line 3 is there twice/);
    assert.throws(() => parseHarmLabels('[a]\n[b]\nape', 'list.txt'), /the category \[a\] has no labels/);
  });

  it("come with those of CLIP's paper and their source", () => {
    assert.equal(allHarmLabels(clipPaperHarmLabels).length, 7);
    assert.match(clipPaperHarmLabels.source, /2103\.00020, section 7\.1/);
  });
});

describe('groupings', () => {
  it('are crossed where every column has a value', () => {
    const values = crossedValues([
      ['woman', 'man', ''],
      ['20-29', '3-9', '3-9'],
    ]);
    assert.deepEqual(values, ['woman, 20-29', 'man, 3-9', '']);
    const grouping = groupingOf('gender+age', values);
    assert.deepEqual(groupSizes(grouping), [
      { group: 'man, 3-9', count: 1 },
      { group: 'woman, 20-29', count: 1 },
    ]);
    assert.deepEqual([...grouping.of], [1, 0, -1]);
  });

  it('are refused where a column is empty everywhere', () => {
    assert.throws(() => groupingOf('age', ['', '']), /Cannot group by 'age': expected groups but its column is empty/);
  });
});
