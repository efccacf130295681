/** Indexes on disk: a directory of immutable shards behind a manifest. See layout.ts and docs/index-store.md. */
export { createIndex, openIndexForWriting } from './create-index.ts';
export type { IndexWriter } from './index-writer.ts';
export type { Failure } from './lists.ts';
export { type OpenIndex, openIndex } from './open-index.ts';
export { readIndexHeader } from './read-header.ts';
export { readIndexParts } from './read-parts.ts';
export { searchParts } from './search-parts.ts';
export { type Holder, IndexError, IndexLockedError } from './store-errors.ts';
