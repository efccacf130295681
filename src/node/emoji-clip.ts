import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where the small CLIP for drawings lies that is part of this package: `loadClip('emoji-clip')`. */
export function emojiClipDirectory(): string {
  return join(dirname(createRequire(import.meta.url).resolve('clip-tfjs/package.json')), 'weights', 'emoji-clip');
}
