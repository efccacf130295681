import { addGroups, type FoundRows, groupRows } from './found.ts';
import type { Rows } from './rows.ts';

/** What two splits have in common: the same picture, nearly the same, the same caption. */
export function findLeaks(
  found: FoundRows,
  rows: Rows,
  same: ArrayLike<number>,
  near: ArrayLike<number>,
  isReadable: (picture: number) => boolean,
): void {
  if (rows.sets.length < 2) return;
  const readable = [...rows.line.keys()].filter((row) => isReadable(rows.picture[row] as number));
  const isShared = (group: readonly number[]) => group.some((row) => rows.set[row] !== rows.set[group[0] as number]);
  const nameOf = (row: number) => rows.sets[rows.set[row] as number]?.name;
  const detail = (row: number, group: readonly number[]) => {
    const others = [...new Set(group.map(nameOf))].filter((name) => name !== nameOf(row));
    return { detail: `also in ${others.join(', ')}` };
  };

  const samePicture = groupRows(readable, (row) => same[rows.picture[row] as number]).filter(isShared);
  addGroups(found, 'leaked-picture', samePicture, detail);

  const leaked = new Set(samePicture.flat());
  const nearPicture = groupRows(readable, (row) => near[rows.picture[row] as number]).filter(isShared);
  const fresh = nearPicture.filter((group) => isShared(group) && !group.every((row) => leaked.has(row)));
  addGroups(found, 'leaked-near-picture', fresh, detail);

  // a caption that one concept has in both splits is no leak: the concept is what is learned
  const ofCaption = captionRows(rows).filter(({ rows: group }) => {
    const concepts = new Set(group.map((row) => rows.concept[row]));
    return isShared(group) && (concepts.size > 1 || concepts.has(-1));
  });
  addGroups(
    found,
    'leaked-caption',
    ofCaption.map((entry) => entry.rows),
    (row, group, index) => ({ ...detail(row, group), caption: (ofCaption[index] as CaptionRows).caption }),
  );
}

/** A caption and the rows that have it. */
export type CaptionRows = { caption: number; rows: number[] };

/** The rows of each caption, in the order of the captions. */
export function captionRows(rows: Rows): CaptionRows[] {
  const of: number[][] = rows.captionTexts.map(() => []);
  for (const [row, captions] of rows.captions.entries())
    for (const caption of new Set(captions)) of[caption]?.push(row);
  return of.map((group, caption) => ({ caption, rows: group }));
}
