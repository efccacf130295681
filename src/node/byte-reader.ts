import { type FileHandle, open, stat } from 'node:fs/promises';
import { readFully } from './files.ts';

/** Reads parts of one file, which must stay as it is. */
export type ByteReader = {
  size: number;
  /** Reads at the same time share one open file; between them none is open. */
  read: (offset: number, size: number) => Promise<Buffer>;
  /** Leaves the file open while this work goes on, for reads that follow each other. */
  whileOpen: <T>(work: () => Promise<T>) => Promise<T>;
  /** @throws Error where the file has changed since the reader was made */
  assertUnchanged: () => Promise<void>;
};

export async function byteReader(path: string): Promise<ByteReader> {
  const first = await stat(path);
  const refuseChanged = ({ size, mtimeMs }: { size: number; mtimeMs: number }) => {
    if (size !== first.size || mtimeMs !== first.mtimeMs)
      throw new Error(
        `Cannot read ${path}: it has changed since it was looked over; start again with the file as it is`,
      );
  };
  const openUnchanged = async () => {
    const file = await open(path, 'r');
    try {
      refuseChanged(await file.stat());
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  };
  let opened: Promise<FileHandle> | undefined;
  let users = 0;
  const whileOpen = async <T>(work: (file: FileHandle) => Promise<T>): Promise<T> => {
    users++;
    opened ??= openUnchanged();
    const shared = opened;
    try {
      return await work(await shared);
    } finally {
      if (--users === 0) {
        opened = undefined;
        await shared.then(
          (file) => file.close(),
          () => {},
        );
      }
    }
  };
  return {
    size: first.size,
    read: (offset, size) => whileOpen(async (file) => Buffer.from((await readFully(file, path, offset, size)).buffer)),
    whileOpen,
    assertUnchanged: async () => refuseChanged(await stat(path)),
  };
}
