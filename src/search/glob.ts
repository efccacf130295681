/** Whether a pattern is a glob rather than a part of a path. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/**
 * A test of paths by a glob: `*` is any characters within a folder's or file's name, `?` one of them, `**` between slashes any
 * folders, also none. It fits the end of a path from a name's start on (`2024/*.jpg` fits /photos/2024/a.jpg); with a slash in
 * front, the whole path. `/` and `\` are the same.
 *
 * Matched without a regular expression: at a mismatch only the last star takes more, so that a hostile pattern costs no more than
 * its length times the path's at each of the two levels, folders and characters.
 */
export function globTest(pattern: string): (path: string) => boolean {
  const given = segmentsOf(pattern);
  const segments = given[0] === '' ? given.slice(1) : ['**', ...given];
  const characters = new Map(segments.map((segment) => [segment, Array.from(segment)]));
  const fits = (segment: string, name: string) => fitsName(characters.get(segment) as string[], name);
  return (path) => {
    const names = segmentsOf(path);
    return fitsAll(segments, names[0] === '' ? names.slice(1) : names, (segment) => segment === '**', fits);
  };
}

function segmentsOf(path: string): string[] {
  return path.split(/[\\/]/);
}

function fitsName(pattern: readonly string[], name: string): boolean {
  return fitsAll(
    pattern,
    Array.from(name),
    (character) => character === '*',
    (character, other) => character === '?' || character === other,
  );
}

/** Whether items fit a pattern in which some parts are stars, which stand for any number of items. */
function fitsAll(
  pattern: readonly string[],
  items: readonly string[],
  isStar: (part: string) => boolean,
  fits: (part: string, item: string) => boolean,
): boolean {
  let [part, item] = [0, 0];
  let [afterStar, taken] = [-1, 0]; // behind the last star, and the first item that it does not stand for
  while (item < items.length) {
    const expected = pattern[part];
    if (expected !== undefined && isStar(expected)) {
      afterStar = ++part;
      taken = item;
    } else if (expected !== undefined && fits(expected, items[item] as string)) {
      part++;
      item++;
    } else if (afterStar >= 0) {
      part = afterStar;
      item = ++taken;
    } else return false;
  }
  return pattern.slice(part).every(isStar);
}
