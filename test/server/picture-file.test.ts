import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { pictureType } from '../../src/server/content-type.ts';
import { openPicture } from '../../src/server/picture-file.ts';
import type { Refusal } from '../../src/server/refusal.ts';
import { drawing } from './place.ts';

describe('pictures by their rows', () => {
  let [place, root] = ['', ''];
  before(async () => {
    place = await realpath(await mkdtemp(join(tmpdir(), 'clip-tfjs-')));
    root = join(place, 'photos');
    await mkdir(join(root, 'sub'), { recursive: true });
    await mkdir(join(place, 'photos2'));
    const png = encodePng(drawing(1));
    for (const name of ['photos/a.png', 'photos/sub/b.png', 'photos2/c.png', 'secret.png'])
      await writeFile(join(place, name), png);
    await writeFile(join(root, 'text.png'), 'root:x:0:0');
    await writeFile(join(root, 'empty.png'), '');
    await writeFile(
      join(root, 'drawing.png'),
      '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    );
    await symlink(join(place, 'secret.png'), join(root, 'link.png'));
    await symlink(join(root, 'a.png'), join(root, 'inner.png'));
    await symlink(join(place, 'photos2'), join(root, 'folder'));
  });
  after(() => rm(place, { recursive: true }));

  async function typeOf(path: string, roots = [root]): Promise<string> {
    const entry = { id: 7, path, size: 0, modified: 0, hash: '', width: 1, height: 1 };
    const { type, handle } = await openPicture(entry, roots);
    await handle.close();
    return type;
  }
  const refuses = (path: string, status: number) =>
    assert.rejects(typeOf(path), (error: Refusal) => {
      assert.equal(error.status, status, error.message);
      assert.ok(!error.message.includes(place), 'it does not tell where files lie');
      return true;
    });

  it('are opened inside the folders that were indexed, through links that stay inside', async () => {
    for (const path of [join(root, 'a.png'), join(root, 'sub', 'b.png'), 'sub/b.png', join(root, 'inner.png')])
      assert.equal(await typeOf(path), 'image/png');
    assert.equal(await typeOf(join(place, 'photos2', 'c.png'), [root, join(place, 'photos2')]), 'image/png');
  });

  it('are not opened outside of them, whatever leads there', async () => {
    await refuses(join(place, 'secret.png'), 403);
    await refuses(`${root}/../secret.png`, 403);
    await refuses('../secret.png', 403);
    await refuses(join(root, 'link.png'), 403);
    await refuses(join(root, 'folder', 'c.png'), 403);
    await refuses(join(place, 'photos2', 'c.png'), 403); // its name begins as the folder's does
    await refuses('/etc/hostname', 403);
    await refuses(root, 403);
  });

  it('are gone, or no pictures any more', async () => {
    await refuses(join(root, 'none.png'), 404);
    await refuses('', 403);
    await refuses(join(root, 'sub'), 404);
    for (const name of ['text.png', 'empty.png', 'drawing.png']) await refuses(join(root, name), 415);
  });

  it('are not waited for where a pipe is', async function () {
    if (process.platform === 'win32') this.skip();
    execFileSync('mkfifo', [join(root, 'pipe.png')]);
    await refuses(join(root, 'pipe.png'), 404);
  });

  it('of captions are opened where the captions say, unless a link there leads out of that folder', async () => {
    const typeOfCaption = async (path: string, roots: string[] = []) => {
      const entry = { id: 7, path, size: 0, modified: 0, hash: '', width: 0, height: 0, caption: 'a blot' };
      const { type, handle } = await openPicture(entry, roots);
      await handle.close();
      return type;
    };
    for (const path of [join(root, 'a.png'), join(root, 'inner.png'), join(root, 'folder', 'c.png')])
      assert.equal(await typeOfCaption(path), 'image/png');
    for (const [path, status] of [
      [join(root, 'link.png'), 403],
      [root, 404],
      ['secret.png', 404],
      ['', 404],
      ['/etc/hostname', 415],
    ] as const)
      await assert.rejects(typeOfCaption(path), (error: Refusal) => error.status === status, path);
    await assert.rejects(typeOfCaption(join(place, 'secret.png'), [root]), /not in the folders that were indexed/);
    await assert.rejects(typeOf(join(root, 'a.png'), []), /not in the folders/, 'without a caption it needs a folder');
  });
});

describe('the type of a picture', () => {
  const typeOf = (text: string) => pictureType(Buffer.from(text, 'latin1'));
  it('follows from its first bytes', () => {
    assert.equal(typeOf('\x89PNG\r\n\x1a\nIHDR'), 'image/png');
    assert.equal(typeOf('\xff\xd8\xff\xe0'), 'image/jpeg');
    assert.equal(typeOf('GIF89a'), 'image/gif');
    assert.equal(typeOf('RIFF\0\0\0\0WEBPVP8 '), 'image/webp');
    assert.equal(typeOf('\0\0\0\x1cftypavif\0\0\0\0avifmif1'), 'image/avif');
    assert.equal(typeOf('II*\0'), 'image/tiff');
  });
  it('is none for what can hold scripts, and for all else', () => {
    for (const text of ['<svg>', '<?xml version="1.0"?><svg/>', '<!doctype html>', '%PDF-1.7', 'GIF', '', '\x89PNG'])
      assert.equal(typeOf(text), undefined, text);
  });
});
