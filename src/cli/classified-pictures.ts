import { findPictures } from '../node/find-pictures.ts';
import { skippedLine } from './left-out.ts';
import { UsageError } from './usage.ts';

/** A file that could not be used, and why. */
export type FailedPicture = { path: string; reason: string };

export type ClassifiedPictures = {
  files: string[];
  failed: FailedPicture[];
  /** Names a file that cannot be read on standard error, and adds it to `failed`. */
  skip: (path: string, error: Error) => void;
};

/** The picture files that `classify` is given, those in folders too. @throws UsageError where there are none */
export async function findClassified(paths: readonly string[]): Promise<ClassifiedPictures> {
  const failed: FailedPicture[] = [];
  const skip = (path: string, { message: reason }: Error) => {
    failed.push({ path, reason });
    console.error(skippedLine(path, reason));
  };
  const pictures = await findPictures(paths, skip);
  if (pictures.length === 0) throw new UsageError(`Cannot classify: there are no pictures in ${paths.join(', ')}`);
  return { files: pictures.map(({ path }) => path), failed, skip };
}
