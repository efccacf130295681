import { cosinesOf } from '../cosines.ts';

/** The same cosines as `classify` decides by: they lie below both layers. */
export { cosinesOf };

/** Those of several vectors. @returns a row for each */
export function cosineRows(rows: readonly Float32Array[], directions: readonly Float32Array[]): Float64Array[] {
  return rows.map((row) => cosinesOf(row, directions));
}
