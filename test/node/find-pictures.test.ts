import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPictures } from '../../src/node/find-pictures.ts';

describe('findPictures()', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    await chmod(directory, 0o755);
    for (const folder of ['a', 'closed']) await mkdir(join(directory, folder));
    for (const file of ['b.png', 'a/c.jpg', 'a/notes.txt', 'closed/d.png']) await writeFile(join(directory, file), '');
  });
  afterEach(() => rm(directory, { recursive: true }));

  const names = (found: readonly { path: string }[]) => found.map(({ path }) => path.slice(directory.length + 1));

  it('tells of a folder that cannot be read, and finds the rest', async function () {
    if (process.platform === 'win32') return this.skip();
    await chmod(join(directory, 'closed'), 0o000);
    const skipped: string[] = [];
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65534); // whom permissions bind
    try {
      const found = await findPictures([directory], (path, { message }) => skipped.push(`${path}: ${message}`));
      assert.deepEqual(names(found), ['a/c.jpg', 'b.png']);
      assert.deepEqual(skipped, [`${join(directory, 'closed')}: Cannot read the folder: permission is denied`]);
      await assert.rejects(findPictures([directory]), /closed: Cannot read the folder: permission is denied/);
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(join(directory, 'closed'), 0o755);
    }
  });

  it('follows a link to a picture, tells of one that leads nowhere, and goes round in no circle', async () => {
    await symlink(join(directory, 'b.png'), join(directory, 'a', 'link.png'));
    await symlink('nowhere.png', join(directory, 'lost.png'));
    await symlink('nowhere.txt', join(directory, 'lost.txt'));
    await symlink(directory, join(directory, 'a', 'round.png'));
    const skipped: string[] = [];
    const found = await findPictures([directory], (path) => skipped.push(path));
    assert.deepEqual(names(found), ['a/c.jpg', 'a/link.png', 'b.png', 'closed/d.png']);
    assert.deepEqual(names(skipped.map((path) => ({ path }))), ['lost.png']);
  });
});
