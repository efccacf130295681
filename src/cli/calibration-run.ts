import type { Clip } from '../clip.ts';
import { modelHash } from '../node/model-hash.ts';
import type { CalibrateCommand } from './calibrate.ts';
import type { CalibrationJob } from './calibrate-pictures.ts';
import { version } from './version.ts';

/** What a calibration was run with, as `--json` and reports say it. */
export type CalibrationRun = Pick<CalibrationJob, 'wanted' | 'templates'> & {
  model: string;
  modelHash: string;
  data: string;
  exifRotate: boolean;
  seed: number;
  /** ISO 8601. */
  date: string;
  version: string;
};

export async function calibrationRun(
  clip: Clip,
  { source, wanted, templates }: CalibrationJob,
  { model, seed, exifRotate = false }: CalibrateCommand,
): Promise<CalibrationRun> {
  const hash = await modelHash(clip);
  const date = new Date().toISOString();
  return { model, modelHash: hash, data: source, exifRotate, wanted, seed, date, version, templates };
}
