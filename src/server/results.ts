import type { RankedClass } from '../classify/rank.ts';
import type { Found } from './answer-task.ts';
import { shownPath } from './shown-path.ts';

/** A result as it is sent. */
export type Result = {
  id: number;
  similarity: number;
  path: string;
  width: number;
  height: number;
  size: number;
  modified: number;
  caption?: string;
  thumbnail: string;
  picture: string;
  facets?: RankedClass[];
};

/** @param folders that paths are shown in: where they lie is not sent */
export function toResult({ entry, similarity, facets }: Found, folders: readonly string[]): Result {
  const { id, path, width, height, size, modified, caption } = entry;
  return {
    id,
    similarity,
    path: shownPath(path, folders),
    width,
    height,
    size,
    modified,
    ...(caption !== undefined && { caption }),
    thumbnail: `/api/thumbnails/${id}`,
    picture: `/api/pictures/${id}`,
    ...(facets && { facets }),
  };
}

/** How many results have each label as their best: the most frequent first, equal ones in the order of the labels. */
export function countsOf(found: readonly Found[], labels: readonly string[]): { label: string; count: number }[] {
  const counts = labels.map((label) => ({
    label,
    count: found.filter(({ facets }) => facets?.[0]?.label === label).length,
  }));
  return counts.sort((one, other) => other.count - one.count);
}
