import type { IndexHeader } from '../../search/search-index.ts';
import { readManifest } from './manifest.ts';

/**
 * What the rows of an index have in common, without reading any: so that a query by another model is refused
 * (`assertSameModel`) before anything large is loaded.
 * @throws {IndexError} where there is none, or it is damaged
 */
export async function readIndexHeader(directory: string): Promise<IndexHeader> {
  return (await readManifest(directory)).header;
}
