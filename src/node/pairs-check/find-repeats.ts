import { addGroups, type FoundRows, groupRows } from './found.ts';
import type { Rows } from './rows.ts';

/** For each picture, the number of its group. */
type GroupOf = ArrayLike<number>;

/**
 * Rows of one split that repeat each other: pair, picture in several files, picture with several captions, nearly the same picture, and a
 * picture with several concepts.
 * @param same by content @param near nearly the same, or the same
 * @param isReadable whether a picture could be decoded: of others only the path is known
 */
export function findRepeats(
  found: FoundRows,
  rows: Rows,
  same: GroupOf,
  near: GroupOf,
  isReadable: (picture: number) => boolean,
): void {
  const readable = [...rows.line.keys()].filter((row) => isReadable(rows.picture[row] as number));
  const sameOf = (row: number) => same[rows.picture[row] as number] as number;
  const nearOf = (row: number) => near[rows.picture[row] as number] as number;
  const several = <Key>(group: readonly number[], keyOf: (row: number) => Key) => new Set(group.map(keyOf)).size > 1;
  const fileOf = (row: number) => rows.picture[row];
  const split = (row: number) => rows.set[row];

  const captionsOf = (row: number) => [...new Set(rows.captions[row])].sort().join(' ');
  const byCaption = (row: number) => `${split(row)} ${sameOf(row)} ${captionsOf(row)}`;
  addGroups(
    found,
    'repeated-pair',
    groupRows(readable, byCaption).filter((group) => group.length > 1),
  );

  const byPicture = groupRows(readable, (row) => `${split(row)} ${sameOf(row)}`);
  addGroups(
    found,
    'repeated-picture',
    byPicture.filter((group) => several(group, fileOf)),
  );

  const conceptOf = (row: number) => rows.concepts[rows.concept[row] as number];
  addGroups(
    found,
    'conflicting-concepts',
    byPicture.filter((group) =>
      several(
        group.filter((row) => rows.concept[row] !== -1),
        conceptOf,
      ),
    ),
    (row) => ({ detail: `concept ${conceptOf(row) ?? 'none'}` }),
  );

  const hasOneConcept = (group: readonly number[]) =>
    !several(group, (row) => rows.concept[row]) && rows.concept[group[0] as number] !== -1;
  const byFile = groupRows(readable, (row) => `${split(row)} ${fileOf(row)}`);
  addGroups(
    found,
    'several-rows',
    byFile.filter((group) => several(group, captionsOf) && !hasOneConcept(group)),
  );

  const byNear = groupRows(readable, (row) => `${split(row)} ${nearOf(row)}`);
  addGroups(
    found,
    'near-picture',
    byNear.filter((group) => several(group, sameOf)),
  );
}
