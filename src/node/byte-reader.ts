import { type FileHandle, open, stat } from 'node:fs/promises';
import { readFully } from './files.ts';

/** Reads parts of one file, which must stay as it is. */
export type ByteReader = {
  size: number;
  /** Reads at the same time share one open file; between them none is open. */
  read: (offset: number, size: number) => Promise<Buffer>;
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
  return {
    size: first.size,
    read: async (offset, size) => {
      users++;
      opened ??= openUnchanged();
      const shared = opened;
      try {
        return Buffer.from((await readFully(await shared, path, offset, size)).buffer);
      } finally {
        if (--users === 0) {
          opened = undefined;
          await shared.then(
            (file) => file.close(),
            () => {},
          );
        }
      }
    },
    assertUnchanged: async () => refuseChanged(await stat(path)),
  };
}
