import type { Clip } from '../../clip.ts';
import { type BadPlace, embedLabelled, type LabelledPicture } from '../labelled-pictures.ts';
import type { AuditPlan } from './audit-plan.ts';
import type { AuditOptions } from './run-options.ts';

/** The pictures of an audit that could be read, and their unit vectors. */
export type KnownPictures = {
  pictures: LabelledPicture[];
  embeddings: Float32Array[];
  /** Of the pictures that are none of the classes; undefined where none were named. */
  unknown: Float32Array[] | undefined;
  unknownPaths: string[];
  skipped: BadPlace[];
};

/** @throws RangeError where none of the pictures, or of the unknown ones, can be read */
export async function embedKnown(
  clip: Clip,
  plan: AuditPlan,
  { workers = 'auto', exifRotate = false, onProgress, signal, skip }: AuditOptions,
): Promise<KnownPictures> {
  const skipped = [...plan.bad];
  const unknownPaths = plan.unknown?.paths ?? [];
  const outside = unknownPaths.map((path): LabelledPicture => ({ path, label: '', place: path, columns: {} }));
  const { pictures, embeddings } = await embedLabelled(clip, [...plan.pictures, ...outside], {
    workers,
    exifRotate,
    ...(onProgress && { onProgress: (done, total) => onProgress('pictures', done, total) }),
    ...(signal && { signal }),
    skip: (path, error) => {
      skipped.push({ place: path, reason: error.message });
      skip?.(path, error);
    },
  });
  const inside = pictures.filter(({ label }) => label !== '').length; // the unknown ones, which come last, have no label
  if (inside === 0) throw new RangeError(`Cannot audit: none of the pictures of ${plan.source} can be read`);
  if (plan.unknown && inside === pictures.length)
    throw new RangeError(`Cannot audit: none of the pictures in ${plan.unknown.source} can be read`);
  return {
    skipped,
    pictures: pictures.slice(0, inside),
    embeddings: embeddings.slice(0, inside),
    unknown: plan.unknown && embeddings.slice(inside),
    unknownPaths: pictures.slice(inside).map(({ path }) => path),
  };
}
