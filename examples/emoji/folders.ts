import { join, resolve } from 'node:path';

/** This example, in a clone: its programs are started in the clone's own folder. */
export const exampleFolder = resolve('examples', 'emoji');

/** What is made once from the packages: drawings as pixels. */
export const cacheFolder = join(exampleFolder, 'cache');

/** One folder per training: checkpoint, log, evaluation. */
export const runsFolder = join(exampleFolder, 'runs');

/** Where the trained model belongs. */
export const weightsFolder = resolve('weights', 'emoji-clip');

/** @returns the path of a file of a package of this example, which `npm ci` in its folder installs */
export function packageFile(name: string, ...path: string[]): string {
  return join(exampleFolder, 'node_modules', name, ...path);
}
