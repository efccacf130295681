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

  const make = async (name: string, entry: Entry, roots: readonly string[]): Promise<Uint8Array> => {
    const kept = await cache.get(name);
    if (kept) return kept;
    const { path, size, modified, handle } = await openPicture(entry, roots);
    await handle.close();
    const bytes = await gate.run(() => decoder.thumbnail(path));
    if (size === entry.size && modified === entry.modified) cache.put(name, bytes); // else the hash is of another content
    return bytes;
  };
  return {
    get: (entry, roots) => {
      const name = `${entry.hash}-${thumbnailSide}${exifRotate ? '' : '-raw'}`;
      const made = making.get(name) ?? make(name, entry, roots).finally(() => making.delete(name));
      making.set(name, made);
      return made;
    },
  };
}
