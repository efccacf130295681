import { join, resolve } from 'node:path';
import { cacheDirectory } from './native/where.ts';

/** Where what can be computed again is kept: CLIP_TFJS_CACHE, else a directory of the user's cache. May be deleted at any time. */
export function ownCache(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(environment.CLIP_TFJS_CACHE || join(cacheDirectory(environment), 'clip-tfjs'));
}
