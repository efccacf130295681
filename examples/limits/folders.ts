import { resolve } from 'node:path';

/** What these examples make, in a clone: drawings, tables, reports. */
export const cacheFolder = resolve('examples', 'limits', 'cache');
