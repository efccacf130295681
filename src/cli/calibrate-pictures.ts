import type { Classifier } from '../classify/classifier.ts';
import type { Clip } from '../clip.ts';
import type { Wanted } from '../evaluate/fit-rejection.ts';
import { cachedClassifier } from '../node/cached-classifier.ts';
import { embedFiles } from '../node/embed-files.ts';
import type { CalibrationData } from './calibrate-data.ts';
import { withProgress } from './progress.ts';

/** What a calibration is of. */
export type CalibrationJob = {
  source: string;
  data: CalibrationData;
  templates: readonly string[];
  wanted: Wanted;
};

/** A picture that could be read: its unit vector [embedDim], and the classes that it shows, none for an unknown one. */
export type EmbeddedPicture = { path: string; embedding: Float32Array; places: readonly number[] };

export type EmbeddedPictures = {
  classifier: Classifier;
  known: EmbeddedPicture[];
  unknown: EmbeddedPicture[];
  failed: { path: string; reason: string }[];
};

/** Builds the classifier and embeds all pictures, with progress; those that cannot be read are reported and left out. */
export async function embedPictures(
  clip: Clip,
  { data, templates }: CalibrationJob,
  options: { background: boolean; workers: number | 'auto'; exifRotate?: boolean; json?: boolean },
): Promise<EmbeddedPictures> {
  const { background, workers, exifRotate = false, json } = options;
  const classifier = await withProgress('prompts', json, (onProgress) =>
    cachedClassifier(clip, data.classes, { templates, background, onProgress }),
  );
  const [known, unknown]: [EmbeddedPicture[], EmbeddedPicture[]] = [[], []];
  const failed: { path: string; reason: string }[] = [];
  const paths = [...data.known.keys(), ...data.unknown];
  await withProgress('pictures', json, async (onProgress) => {
    const options = { workers, exifRotate, onProgress };
    for await (const { path, embedding, error } of embedFiles(clip, paths, options)) {
      const places = data.known.get(path);
      if (embedding) (places ? known : unknown).push({ path, embedding, places: places ?? [] });
      else {
        failed.push({ path, reason: error.message });
        console.error(`skipped ${path}: ${error.message}`);
      }
    }
  });
  return { classifier, known, unknown, failed };
}
