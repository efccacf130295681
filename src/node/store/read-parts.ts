import type { SearchIndex } from '../../search/search-index.ts';
import { liveRows } from './live-rows.ts';
import { readShard } from './shard-files.ts';
import { openSnapshot } from './snapshot.ts';

/**
 * Reads an index part by part, each a small index of at most 64 MiB of vectors, so that one of any size can be searched in
 * bounded memory: search each part, and keep the best of all. All parts are of one version, whatever is written meanwhile.
 * @throws {IndexError} where there is none, or it is damaged
 */
export async function* readIndexParts(directory: string): AsyncGenerator<SearchIndex, void, undefined> {
  const snapshot = await openSnapshot(directory, () => true);
  try {
    const { header } = snapshot.manifest;
    for (const shard of snapshot.shards) {
      const { entries, matrix } = liveRows(await readShard(directory, shard, header.embedDim), snapshot.lists);
      yield { header, entries, matrices: [matrix] };
    }
  } finally {
    await snapshot.close();
  }
}
