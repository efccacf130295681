/**
 * What Python calls whitespace, as the inside of a character class; JavaScript's `\s` has U+FEFF besides and lacks
 * U+0085.
 */

/** `\s` of the PyPI package `regex`: Unicode's White_Space. */
export const unicodeSpace = '\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

/** `\s` of Python's own `re`, which adds the four information separators. */
export const pythonSpace: string = `${unicodeSpace}\\x1c-\\x1f`;
