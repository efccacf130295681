/**
 * Replacements of single characters that ftfy 6.3.1 (Robyn Speer, Apache-2.0) makes in any text, mojibake or not.
 * Each function is one of its fixers; fix-text.ts has their order.
 */

const ligatures: Readonly<Record<string, string>> = {
  Ĳ: 'IJ',
  ĳ: 'ij',
  ŉ: 'ʼn',
  Ǳ: 'DZ',
  ǲ: 'Dz',
  ǳ: 'dz',
  Ǆ: 'DŽ',
  ǅ: 'Dž',
  ǆ: 'dž',
  Ǉ: 'LJ',
  ǈ: 'Lj',
  ǉ: 'lj',
  Ǌ: 'NJ',
  ǋ: 'Nj',
  ǌ: 'nj',
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
  ﬅ: 'ſt',
  ﬆ: 'st',
};
const ligature = new RegExp(`[${Object.keys(ligatures).join('')}]`, 'g');

/** Spells out ligatures and digraphs of Latin letters (`ﬂuﬃeﬆ`); `æ` and `œ` are letters and stay. */
export function spellOutLigatures(text: string): string {
  return text.replace(ligature, (character) => ligatures[character]!);
}

/** Gives full-width Latin and half-width Katakana and Hangul their usual width: `ＬＯＵＤ　ﾉｲｽﾞ`. */
export function fixWidth(text: string): string {
  return text.replace(/[\u3000\uff01-\uffef]/g, (wide) => (wide === '\u3000' ? ' ' : wide.normalize('NFKC')));
}

/** Straightens curly quotation marks and apostrophes. */
export function uncurlQuotes(text: string): string {
  return text.replace(/[\u201c-\u201f]/g, '"').replace(/[\u02bc\u2018-\u201b]/g, "'");
}

/** Makes every kind of line break a line feed. */
export function fixLineBreaks(text: string): string {
  return text.replace(/\r\n|[\r\u2028\u2029\x85]/g, '\n');
}

/** Replaces lone surrogates by U+FFFD; pairs are one character already in JavaScript. */
export function replaceLoneSurrogates(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd');
}

/** Removes the ANSI escape sequences of terminals, such as colours. */
export function removeTerminalEscapes(text: string): string {
  return text.replace(/\x1b\[[\p{Nd};]*[a-zA-Z]/gu, '');
}

/**
 * Removes controls that are no whitespace, deprecated format characters, interlinear annotation and byte order marks.
 */
export function removeControls(text: string): string {
  return text.replace(/[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g, '');
}
