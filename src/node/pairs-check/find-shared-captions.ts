import { type FalseNegatives, falseNegatives } from '../../train/false-negatives.ts';
import { captionRows } from './find-leaks.ts';
import { addGroups, type FoundRows } from './found.ts';
import type { Rows } from './rows.ts';

/** A caption of several rows of the training data. */
export type TopCaption = { caption: string; rows: number; share: number };

export type SharedCaptions = { top: TopCaption[]; falseNegatives: FalseNegatives };

const mostTop = 20;
/** Share of the pairs that meet a false negative in their batch, from which on repeated captions are a fault. */
const mostPairShare = 0.01;

/**
 * Captions that several pictures of the training data have without being of one concept, and what that does to batches. A finding only
 * where it matters: some captions repeat in every large data set.
 * @param same for each picture, the first with the same bytes
 */
export function findSharedCaptions(
  found: FoundRows,
  rows: Rows,
  same: ArrayLike<number>,
  isReadable: (picture: number) => boolean,
  batchSize: number,
): SharedCaptions {
  const isTraining = (row: number) => rows.set[row] === 0 && isReadable(rows.picture[row] as number);
  const training = [...rows.line.keys()].filter(isTraining);
  const figures = falseNegatives(
    training.map((row) => ({
      picture: same[rows.picture[row] as number] as number,
      captions: rows.captions[row] as number[],
      concept: rows.concept[row] as number,
    })),
    batchSize,
  );
  const repeated = captionRows(rows)
    .map(({ caption, rows: all }) => ({ caption, rows: all.filter(isTraining) }))
    .filter(({ rows: all }) => all.length > 1)
    .sort((one, other) => other.rows.length - one.rows.length);
  const top = repeated.slice(0, mostTop).map(({ caption, rows: all }) => ({
    caption: rows.captionTexts[caption] as string,
    rows: all.length,
    share: all.length / training.length,
  }));
  const pictureOf = (row: number) => same[rows.picture[row] as number];
  const clashing = repeated.filter(
    ({ rows: all }) => new Set(all.map(pictureOf)).size > 1 && !haveOneConcept(rows, all),
  );
  if (figures.pairShare >= mostPairShare)
    addGroups(
      found,
      'repeated-caption',
      clashing.map((entry) => entry.rows),
      (_row, _rows, group) => ({ caption: (clashing[group] as (typeof clashing)[number]).caption }),
    );
  return { top, falseNegatives: figures };
}

function haveOneConcept({ concept }: Rows, group: readonly number[]): boolean {
  const [first = 0] = group;
  return concept[first] !== -1 && group.every((row) => concept[row] === concept[first]);
}
