import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** This example, in a clone: its programs are started in the clone's own folder. */
export const exampleFolder = resolve('examples', 'emoji');

/** What is made once from the packages: drawings as pixels. */
export const cacheFolder = join(exampleFolder, 'cache');

/** One folder per training: checkpoint, log, evaluation. */
export const runsFolder = join(exampleFolder, 'runs');

/** Where the trained model belongs. */
export const weightsFolder = resolve('weights', 'emoji-clip');

/**
 * @returns the path of a file of a package of this example
 * @throws Error where the package is not installed
 */
export function packageFile(name: string, ...path: string[]): string {
  const folder = join(exampleFolder, 'node_modules', name);
  if (!existsSync(folder)) throw new Error(`Cannot read ${name}: it is not installed; run 'npm ci' in examples/emoji`);
  return join(folder, ...path);
}
