import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { announce } from '../announce.ts';
import { writeFileAtomically } from '../node/files.ts';

/** Small pictures on disk, by a name that follows from their content; the ones that were used least lately make room. */
export type ThumbnailCache = {
  get(name: string): Promise<Uint8Array | undefined>;
  /** Writes it in the background; where that fails, there is no copy, and it is said once. */
  put(name: string, bytes: Uint8Array): void;
  /** Bytes on disk. */
  readonly bytes: number;
  /** Waits for what is being written. */
  close(): Promise<void>;
};

const extension = '.jpg';

/** A temporary file of a writer that was killed is as old as this, in milliseconds. */
const leftoverAge = 3_600_000;

/** @param directory is made where it is missing, for this user alone @param most bytes */
export async function openThumbnailCache(directory: string, most: number): Promise<ThumbnailCache> {
  let hasFailed = false;
  const tell = (error: Error) => {
    if (!hasFailed) announce(`thumbnails are not kept: ${error.message}`);
    hasFailed = true;
  };
  const sizes = await readSizes(directory).catch((error) => {
    tell(error);
    return new Map<string, number>();
  }); // the least lately used first
  let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const writing = new Set<Promise<void>>();

  const write = async (name: string, content: Uint8Array): Promise<void> => {
    try {
      await writeFileAtomically(join(directory, name + extension), [content]);
      bytes += content.length - (sizes.get(name) ?? 0);
      sizes.delete(name);
      sizes.set(name, content.length);
      for (const [oldest, size] of sizes) {
        if (bytes <= most) break;
        sizes.delete(oldest);
        bytes -= size;
        await rm(join(directory, oldest + extension), { force: true });
      }
    } catch (error) {
      tell(error as Error);
    }
  };
  return {
    get: async (name) => {
      const size = sizes.get(name);
      if (size === undefined) return undefined;
      const content = await readFile(join(directory, name + extension)).catch(() => undefined);
      if (!sizes.delete(name)) return content; // it has made room meanwhile
      if (content?.length === size) sizes.set(name, size);
      else bytes -= size;
      return content?.length === size ? content : undefined;
    },
    put: (name, content) => {
      const job = write(name, content).finally(() => writing.delete(job));
      writing.add(job);
    },
    get bytes() {
      return bytes;
    },
    close: async () => {
      await Promise.all(writing);
    },
  };
}

/** What is there from earlier runs, by time. Takes away what killed ones have left. */
async function readSizes(directory: string): Promise<Map<string, number>> {
  const found: { name: string; size: number; time: number }[] = [];
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const file of await readdir(directory)) {
    const path = join(directory, file);
    const status = await stat(path).catch(() => undefined);
    if (!status) continue;
    if (file.endsWith('.tmp') && Date.now() - status.mtimeMs > leftoverAge) await rm(path, { force: true });
    if (file.endsWith(extension))
      found.push({ name: file.slice(0, -extension.length), size: status.size, time: status.mtimeMs });
  }
  found.sort((one, other) => one.time - other.time);
  return new Map(found.map(({ name, size }) => [name, size]));
}
