import type { Entry } from './entry.ts';
import { globTest, isGlob } from './glob.ts';

/** Which entries count; each part that is there must hold. */
export type Filter = {
  /**
   * A part of the path (`holiday`); or, where it has a `*` or `?`, a glob over its end (`2024/*.jpg`, `2024/**`), over all of it
   * with a slash in front. Capital and small letters are the same.
   */
  path?: string;
  /** Changed at this moment or later: milliseconds since 1970. */
  after?: number;
  /** Changed earlier than this moment: milliseconds since 1970. */
  before?: number;
  /** Bytes of the file, at least. */
  minSize?: number;
  /** Bytes of the file, at most. */
  maxSize?: number;
  /** Pixels, at least. */
  minWidth?: number;
  minHeight?: number;
};

/**
 * A test of entries by a filter.
 * @throws RangeError on a bound that is no number, and on bounds between which nothing is
 */
export function filterTest(filter: Filter): (entry: Entry) => boolean {
  checkBounds(filter);
  const { after, before, minSize, maxSize, minWidth, minHeight } = filter;
  const fitsPath = pathTest(filter.path);
  return (entry) =>
    !(after !== undefined && entry.modified < after) &&
    !(before !== undefined && entry.modified >= before) &&
    !(minSize !== undefined && entry.size < minSize) &&
    !(maxSize !== undefined && entry.size > maxSize) &&
    !(minWidth !== undefined && entry.width < minWidth) &&
    !(minHeight !== undefined && entry.height < minHeight) &&
    fitsPath(entry.path);
}

function pathTest(pattern: string | undefined): (path: string) => boolean {
  if (!pattern) return () => true;
  const folded = fold(pattern);
  if (!isGlob(folded)) return (path) => fold(path).includes(folded);
  const fits = globTest(folded);
  return (path) => fits(fold(path));
}

/** One spelling of letters (macOS stores é as e and an accent), of case and of slashes. */
function fold(path: string): string {
  return path.normalize('NFC').toLowerCase().replaceAll('\\', '/');
}

/** A moment as a date, where JavaScript has one. */
const shown = (moment: number): string =>
  Number.isNaN(new Date(moment).getTime()) ? String(moment) : new Date(moment).toISOString();

function checkBounds({ path: _, ...bounds }: Filter): void {
  for (const [name, value] of Object.entries(bounds))
    if (value !== undefined && (typeof value !== 'number' || Number.isNaN(value)))
      throw new RangeError(`Cannot filter: expected ${name} to be a number but got ${value}`);
  const { after, before, minSize, maxSize } = bounds;
  if (after !== undefined && before !== undefined && after >= before)
    throw new RangeError(
      `Cannot filter: expected after to be earlier than before but got ${shown(after)} and ${shown(before)}; exchange them`,
    );
  if (minSize !== undefined && maxSize !== undefined && minSize > maxSize)
    throw new RangeError(
      `Cannot filter: expected minSize to be at most maxSize but got ${minSize} and ${maxSize}; exchange them`,
    );
}
