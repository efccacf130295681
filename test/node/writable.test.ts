import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomically } from '../../src/node/files.ts';
import {
  assertDirectoryWritable,
  assertFileWritable,
  makeDirectory,
  removeDirectories,
  writeFault,
} from '../../src/node/writable.ts';

describe('what can be written', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is tried without a trace', async () => {
    await writeFile(join(directory, 'a.npy'), 'old');
    await assertFileWritable(join(directory, 'a.npy'));
    await assertFileWritable(join(directory, 'b.npy'));
    await assertDirectoryWritable(join(directory, 'one', 'two'));
    assert.deepEqual(await readdir(directory), ['a.npy']);
    assert.equal(await readFile(join(directory, 'a.npy'), 'utf8'), 'old');
  });

  it('is refused with the path and the reason', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    await assert.rejects(
      assertFileWritable(join(directory, 'no', 'x')),
      /^Error: Cannot write to .*x: there is no folder/,
    );
    await assert.rejects(assertFileWritable(directory), /it is no ordinary file/);
    await assert.rejects(
      assertFileWritable(join(file, 'x')),
      /Cannot write to .*x: what should be its folder is a file/,
    );
    await assert.rejects(assertDirectoryWritable(file), /Cannot write to .*: it is a file, not a folder/);
    await assert.rejects(assertDirectoryWritable(join(file, 'x')), /\/file is a file, not a folder/);
    await assert.rejects(makeDirectory(file), /it is a file, not a folder/);
    await assert.rejects(writeFileAtomically(join(directory, 'no', 'x'), ''), /Cannot write to .*x: its folder is not/);
    await assert.rejects(writeFileAtomically(directory, ''), /Cannot write to .*: a folder is in its place/);
  });

  it('names the permission, and leaves other errors as they are', () => {
    const denied = Object.assign(new Error('EACCES: ...'), { code: 'EACCES', syscall: 'open' });
    assert.equal(writeFault('x', denied).message, 'Cannot write to x: permission is denied');
    const other = new RangeError('no');
    assert.equal(writeFault('x', other), other);
  });

  it('is made, however deep, and removed again as far as it is empty', async () => {
    const deep = join(directory, 'one', 'two', 'three');
    const made = await makeDirectory(deep);
    assert.deepEqual(made, [join(directory, 'one'), join(directory, 'one', 'two'), deep]);
    assert.deepEqual(await makeDirectory(deep), []);
    await writeFile(join(directory, 'one', 'kept'), '');
    await removeDirectories(made);
    assert.deepEqual(await readdir(join(directory, 'one')), ['kept']);
  });

  it('ends at once in a file system that says of a new directory that it is not there', async function () {
    if (!existsSync('/proc/self')) return this.skip();
    await assert.rejects(makeDirectory('/proc/clip-tfjs'), /Cannot write to \/proc\/clip-tfjs/);
    await assert.rejects(assertDirectoryWritable('/proc/clip-tfjs'), /Cannot write to \/proc\/clip-tfjs/);
  });
});
