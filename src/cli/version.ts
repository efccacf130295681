import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('clip-tfjs/package.json') as { version: string };

/** Of this package. */
export const version: string = manifest.version;
