import { join } from 'node:path';

/** What these examples make, from a clone's own folder: drawings, tables, reports. */
export const cacheFolder = join('examples', 'limits', 'cache');

/** What calibrate.js leaves. */
export const calibrationFolder = join(cacheFolder, 'calibration');
/** Drawings of animals and food, with their names. */
export const knownTable = join(calibrationFolder, 'known.csv');

/** What probe.js leaves: tables of drawings with their kinds. */
export const probeFolder = join(cacheFolder, 'probe');
