import { join } from 'node:path';

/** What these examples make, from a clone's own folder: drawings, tables, reports. */
export const cacheFolder = join('examples', 'limits', 'cache');
