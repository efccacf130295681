import { join } from 'node:path';
import type { Clip } from '../../../clip.ts';
import type { Entry } from '../../../search/entry.ts';
import { modelParts } from '../../model-hash.ts';
import { findManifest } from '../../store/manifest.ts';
import { createIndex, type IndexWriter, openIndexForWriting, readIndexParts } from '../../store/store.ts';

/** A tower's features on the disk: an index of src/node/store, in a folder of its own for each tower and way to read pictures. */
export type FeatureStore = {
  directory: string;
  /** Rows that are there, one after another. */
  rows: () => AsyncGenerator<{ entry: Entry; features: Float32Array }, void, undefined>;
  /** Only one process at a time may write. @throws {IndexLockedError} that names the other */
  openForWriting: () => Promise<IndexWriter>;
};

/**
 * The store of a tower as its weights are now. Another tower, preprocessing or tokenizer has another folder, so that its features are
 * never taken for these.
 */
export async function featureStore(
  clip: Clip,
  tower: 'image' | 'text',
  folder: string,
  exifRotate: boolean,
): Promise<FeatureStore> {
  const { embedDim, preprocess } = clip.config;
  const hash = (await modelParts(clip))[tower] as string;
  const turned = tower === 'image' && exifRotate ? '-rotated' : '';
  const directory = join(folder, `${tower}-${hash.slice(0, 32)}${turned}`);
  const header = {
    format: 1,
    model: { name: `the ${tower} tower`, hash },
    ...{ embedDim, preprocess, exifRotate, roots: [] },
  } as const;
  const isThere = async () => (await findManifest(directory)) !== undefined;
  return {
    directory,
    rows: async function* () {
      if (!(await isThere())) return;
      for await (const { entries, matrices } of readIndexParts(directory)) {
        const [matrix] = matrices;
        if (!matrix) continue;
        for (const [row, entry] of entries.entries())
          yield { entry, features: matrix.rows.slice(row * embedDim, (row + 1) * embedDim) };
      }
    },
    openForWriting: async () => ((await isThere()) ? openIndexForWriting(directory) : createIndex(directory, header)),
  };
}
