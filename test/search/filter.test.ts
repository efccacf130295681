import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Entry } from '../../src/search/entry.ts';
import { type Filter, filterTest } from '../../src/search/filter.ts';
import { globTest } from '../../src/search/glob.ts';

const photo: Entry = {
  id: 1,
  path: '/Photos/2024/Été/IMG_1.JPG',
  size: 5000,
  modified: 1_700_000_000_000.5,
  hash: 'a',
  width: 640,
  height: 480,
};

/** The same meaning as a regular expression, for short patterns. */
function asRegularExpression(pattern: string): RegExp {
  const anchored = pattern.startsWith('/') ? pattern : `/**/${pattern}`;
  const source = anchored
    .slice(1)
    .split('/')
    .map((segment) =>
      segment === '**' ? '(?:/[^/]*)*' : `/${segment.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}`,
    )
    .join('');
  return new RegExp(`^${source}$`, 's');
}

describe('filter', () => {
  const fits = (filter: Filter, changes: Partial<Entry> = {}) => filterTest(filter)({ ...photo, ...changes });

  it('holds for everything when it is empty', () => {
    assert.ok(fits({}));
    assert.ok(fits({ path: '' }));
  });

  it('finds a part of the path, whatever the case and the form of its letters', () => {
    assert.ok(fits({ path: 'photos/2024' }));
    assert.ok(fits({ path: 'img_1' }));
    assert.ok(fits({ path: 'E\u0301TE\u0301' }));
    assert.ok(fits({ path: '2024\\été' }));
    assert.ok(!fits({ path: '2023' }));
  });

  for (const [path, expected] of [
    ['*.jpg', true],
    ['*.png', false],
    ['img_?.jpg', true],
    ['img_??.jpg', false],
    ['2024/*.jpg', false],
    ['2024/*/*.jpg', true],
    ['2024/**', true],
    ['2024/**/*.jpg', true],
    ['2024/été/**/img*', true],
    ['/photos/**', true],
    ['/2024/**', false],
    ['4/**', false],
    ['**', true],
    ['?', false],
  ] as const)
    it(`${expected ? 'fits' : 'does not fit'} the glob ${path}`, () => assert.equal(fits({ path }), expected));

  it('fits globs as a regular expression does', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '🚗'), minLength: 1, maxLength: 5 });
    const part = fc.oneof(
      fc
        .string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 5 })
        .filter((text) => text !== '**'),
      fc.constant('**'),
    );
    const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
    const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(pattern, fc.boolean(), path, (end, whole, below) => {
        const glob = whole ? `/${end}` : end;
        const expected = asRegularExpression(glob.replaceAll('🚗', 'c')).test(`/${below.replaceAll('🚗', 'c')}`);
        assert.equal(globTest(glob)(`/${below}`), expected);
        assert.equal(globTest(glob)(below), expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('takes no long time for a hostile glob', () => {
    const begin = performance.now();
    assert.ok(!globTest('*a'.repeat(500))('a'.repeat(4000).concat('b')));
    assert.ok(!globTest('**/a/'.repeat(200).concat('b'))('a/'.repeat(1000)));
    assert.ok(performance.now() - begin < 2000);
  });

  it('compares dates, sizes and pixels, bounds included save the later date', () => {
    const { modified, size, width, height } = photo;
    for (const inside of [
      { after: modified },
      { before: modified + 0.5 },
      { minSize: size, maxSize: size },
      { minWidth: width, minHeight: height },
    ])
      assert.ok(fits(inside), JSON.stringify(inside));
    for (const outside of [
      { after: modified + 0.5 },
      { before: modified },
      { minSize: size + 1 },
      { maxSize: size - 1 },
      { minWidth: width + 1 },
      { minHeight: height + 1 },
      { path: '*.jpg', maxSize: 0 },
    ])
      assert.ok(!fits(outside), JSON.stringify(outside));
  });

  it('refuses bounds that are none', () => {
    assert.throws(() => filterTest({ after: Number.NaN }), /expected after to be a number but got NaN/);
    assert.throws(() => filterTest({ minSize: '5' as unknown as number }), RangeError);
    assert.throws(() => filterTest({ after: 2, before: 2 }), /got 1970-01-01T00:00:00\.002Z and 1970.*; exchange them/);
    assert.throws(() => filterTest({ after: Number.POSITIVE_INFINITY, before: 2 }), /got Infinity and 1970/);
    assert.throws(() => filterTest({ minSize: 2, maxSize: 1 }), /exchange them/);
  });
});
