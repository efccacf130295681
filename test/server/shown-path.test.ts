import assert from 'node:assert/strict';
import type { Entry } from '../../src/search/entry.ts';
import { shownFolders, shownPath } from '../../src/server/shown-path.ts';
import { tinyHeader } from './place.ts';

describe('how pictures are named to people', () => {
  it('is by the path in their folder, and by the name alone outside of it', () => {
    assert.equal(shownPath('/photos/2024/a.jpg', ['/photos']), '2024/a.jpg');
    assert.equal(shownPath('/photos/2024/a.jpg', ['/photos/']), '2024/a.jpg');
    assert.equal(shownPath('/photos/2024/a.jpg', ['/']), 'photos/2024/a.jpg');
    assert.equal(shownPath('/photos/2024/a.jpg', ['/other', '/photos']), 'photos/2024/a.jpg');
    assert.equal(shownPath('2024/a.jpg', ['/photos']), '2024/a.jpg');
    assert.equal(shownPath('/photos2/a.jpg', ['/photos']), 'a.jpg');
    assert.equal(shownPath('', ['/photos']), '');
  });

  const foldersOf = (paths: readonly string[], roots: readonly string[] = []) =>
    shownFolders({
      header: { ...tinyHeader, roots },
      entries: paths.map((path, id): Entry => ({ id, path, size: 0, modified: 0, hash: '', width: 0, height: 0 })),
      matrices: [],
    });

  it('is in the folders that were indexed; for captions, in the one that has all their pictures', () => {
    assert.deepEqual(foldersOf(['/a/b/c.png'], ['/a']), ['/a']);
    assert.deepEqual(foldersOf(['/a/b/c.png', '/a/b/d.png', '/a/bc/e.png']), ['/a/']);
    assert.deepEqual(foldersOf(['/a/b/c.png', '/a/b/d/e.png']), ['/a/b/']);
    assert.deepEqual(foldersOf(['/a/b/c.png', '/d/e.png', '']), ['/']);
    assert.deepEqual(foldersOf(['', '']), []);
    assert.deepEqual(foldersOf([]), []);
  });
});
