import type { Clip } from '../../clip.ts';
import { type ProbeResults, runProbes } from '../../evaluate/probes/run-probes.ts';
import { permutation } from '../../random.ts';
import { recompressJpeg } from '../images/encode-jpeg.ts';
import { readImage } from '../images/read-image.ts';
import type { LabelledPicture } from '../labelled-pictures.ts';
import type { AuditPlan } from './audit-plan.ts';

/** So many of the user's pictures are written on, shrunk and compressed: each is embedded some thirty times. */
const mostPictures = 50;

/** Part G on pictures of the user's, drawn by the seed. */
export async function probeModel(
  clip: Clip,
  { classes, templates, seed }: AuditPlan,
  pictures: readonly LabelledPicture[],
  {
    exifRotate,
    ...options
  }: { exifRotate: boolean; onProgress?: (done: number, total: number) => void; signal?: AbortSignal },
): Promise<ProbeResults> {
  const chosen = [...permutation(pictures.length, seed).subarray(0, mostPictures)].sort((one, other) => one - other);
  async function* decoded() {
    for (const row of chosen) {
      const { path, label } = pictures[row] as LabelledPicture;
      yield { image: await readImage(path, { exifRotate }), label };
    }
  }
  return runProbes(clip, {
    pictures: decoded(),
    classNames: classes.map(({ name }) => name),
    templates,
    seed,
    recompress: recompressJpeg,
    ...options,
  });
}
