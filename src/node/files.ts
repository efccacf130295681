import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ByteSource } from '../weights/safetensors.ts';
import { writeFault } from './writable.ts';

/** One read of more than 2^31 - 1 bytes is refused by Node, and large ones come back short. */
const largestRead = 2 ** 30;

/** A file as a source of bytes, of any size. The caller closes it. */
export async function fileSource(path: string): Promise<ByteSource> {
  const file = await open(path, 'r');
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new TypeError(`Cannot read ${path}: it is not a file`);
    return {
      size: status.size,
      read: (offset, length) => readFully(file, path, offset, length),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Reads all of a range. @throws Error where the file ends before it does */
export async function readFully(
  file: FileHandle,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(largestRead, length - done), offset + done);
    if (bytesRead === 0)
      throw new Error(
        `Cannot read ${path}: it ends at byte ${offset + done}, ${length - done} bytes early; it may have changed`,
      );
    done += bytesRead;
  }
  return bytes;
}

/** A file's content: a text, or chunks of bytes as they are made. */
export type Content = string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Writes files, each whole or not at all. */
export async function writeFileAtomically(path: string, content: Content): Promise<void> {
  await writeFilesAtomically(dirname(path), [[basename(path), content]]);
}

/**
 * Writes several files of one directory: all to temporary names, synced; only then are they renamed, one after another.
 * Whatever fails before that leaves the old files as they were and no temporary behind.
 * @throws Error that names the file which cannot be written; what the content throws is passed on
 */
export async function writeFilesAtomically(
  directory: string,
  files: Iterable<readonly [name: string, Content]>,
): Promise<void> {
  const temporaries: { temporary: string; path: string }[] = [];
  try {
    for (const [name, content] of files) {
      const temporary = join(directory, `.${name}.${randomUUID()}.tmp`);
      temporaries.push({ temporary, path: join(directory, name) });
      await writeAndSync(temporary, content, join(directory, name));
    }
    for (const { temporary, path } of temporaries)
      await rename(temporary, path).catch((error) => {
        throw writeFault(path, error);
      });
  } catch (error) {
    for (const { temporary } of temporaries) await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}

/** @param name what it will be called */
async function writeAndSync(path: string, content: Content, name: string): Promise<void> {
  const refuse = (error: unknown) => {
    throw writeFault(name, error);
  };
  const file = await open(path, 'wx').catch(refuse);
  try {
    for await (const chunk of typeof content === 'string' ? [new TextEncoder().encode(content)] : content) {
      for (let done = 0; done < chunk.byteLength; ) {
        const length = Math.min(largestRead, chunk.byteLength - done);
        const { bytesWritten } = await file.write(chunk, done, length).catch(refuse);
        done += bytesWritten;
      }
    }
    await file.sync().catch(refuse);
  } finally {
    await file.close();
  }
}

/** Brings a directory's files, at any depth, to the disk: what is then renamed is whole after a power cut too. */
export async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else if (entry.isFile()) await syncFile(path);
  }
  await syncDirectory(directory);
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the new names survive a power cut; Windows cannot open a directory. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The value, or undefined where there is no such file (or a file where a directory was looked for, or no link). */
export async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** In hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
