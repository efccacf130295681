import { createHash } from 'node:crypto';
import type { Entry } from '../search/entry.ts';
import { type Decoder, thumbnailSide } from './decoder.ts';
import { type Gate, makeGate } from './gate.ts';
import type { Limits } from './limits.ts';
import { openPicture } from './picture-file.ts';
import type { ThumbnailCache } from './thumbnail-cache.ts';

/** Small pictures of entries: from the cache, else decoded, each once even where several ask at the same time. */
export type Thumbnails = {
  /** @returns a JPEG file @throws Refusal */
  get(entry: Entry, roots: readonly string[]): Promise<Uint8Array>;
};

export function makeThumbnails(
  decoder: Decoder,
  cache: ThumbnailCache,
  exifRotate: boolean,
  limits: Limits,
): Thumbnails {
  const { thumbnailsRunning: running, thumbnailsWaiting: waiting } = limits;
  const gate: Gate = makeGate('too many thumbnails are being made', { running, waiting });
  const making = new Map<string, Promise<Uint8Array>>();
  const keptAs = (content: string) => `${content}-${thumbnailSide}${exifRotate ? '' : '-raw'}`;

  const ofPicture = async (entry: Entry, roots: readonly string[]): Promise<Uint8Array> => {
    const name = keptAs(entry.hash);
    const kept = await cache.get(name);
    if (kept) return kept;
    const { path, size, modified } = await look(entry, roots);
    const bytes = await gate.run(() => decoder.thumbnail(path));
    if (size === entry.size && modified === entry.modified) cache.put(name, bytes); // else the hash is of another content
    return bytes;
  };
  /** The hash of a caption's row is that of its words, which other pictures may have too: the file as it is now stands for its content. */
  const ofCaption = async (entry: Entry, roots: readonly string[]): Promise<Uint8Array> => {
    const { path, size, modified } = await look(entry, roots);
    const name = keptAs(
      createHash('sha256')
        .update(JSON.stringify([path, size, modified]))
        .digest('hex'),
    );
    const kept = await cache.get(name);
    if (kept) return kept;
    const bytes = await gate.run(() => decoder.thumbnail(path));
    cache.put(name, bytes);
    return bytes;
  };
  return {
    get: (entry, roots) => {
      const isCaption = entry.caption !== undefined;
      const key = isCaption ? `file ${entry.path}` : entry.hash;
      const make = isCaption ? ofCaption : ofPicture;
      const made = making.get(key) ?? make(entry, roots).finally(() => making.delete(key));
      making.set(key, made);
      return made;
    },
  };
}

async function look(entry: Entry, roots: readonly string[]): Promise<{ path: string; size: number; modified: number }> {
  const { handle, path, size, modified } = await openPicture(entry, roots);
  await handle.close();
  return { path, size, modified };
}
