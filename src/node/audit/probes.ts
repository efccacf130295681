import type { Clip } from '../../clip.ts';
import type { AuditData } from '../../evaluate/audit/audit-data.ts';
import { type ProbeResults, runProbes } from '../../evaluate/probes/run-probes.ts';
import { permutation } from '../../random.ts';
import { recompressJpeg } from '../images/encode-jpeg.ts';
import { readImage } from '../images/read-image.ts';
import type { LabelledPicture } from '../labelled-pictures.ts';

/** So many of the user's pictures are written on, shrunk and compressed: each is embedded some thirty times. */
const mostPictures = 50;

/** Part G on pictures of the user's, drawn by the seed, among the audit's own classes. */
export async function probeModel(
  clip: Clip,
  { classNames, classifier, labels, seed }: Pick<AuditData, 'classNames' | 'classifier' | 'labels' | 'seed'>,
  pictures: readonly LabelledPicture[],
  {
    exifRotate,
    ...options
  }: { exifRotate: boolean; onProgress?: (done: number, total: number) => void; signal?: AbortSignal },
): Promise<ProbeResults> {
  const chosen = [...permutation(pictures.length, seed).subarray(0, mostPictures)].sort((one, other) => one - other);
  async function* decoded() {
    for (const row of chosen) {
      const { path } = pictures[row] as LabelledPicture;
      yield { image: await readImage(path, { exifRotate }), label: labels[row] };
    }
  }
  return runProbes(clip, {
    pictures: decoded(),
    classifier: { classNames, weights: classifier },
    seed,
    recompress: recompressJpeg,
    ...options,
  });
}
