/** Single characters that are put another way; each function is one of ftfy's fixes (Robyn Speer, Apache License 2.0). */

const ligatures: Record<string, string> = {
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

/** Ligatures of Latin letters become their letters. */
export function splitLigatures(text: string): string {
  return text.replace(/[ĲĳŉǱ-ǳǄ-ǌﬀ-ﬆ]/g, (ligature) => ligatures[ligature] ?? ligature);
}

/** Fullwidth Latin letters, halfwidth Katakana and Hangul, and the ideographic space get their usual width. */
export function fixCharacterWidth(text: string): string {
  return text.replace(/[\u3000\uff01-\uffef]/g, (character) =>
    character === '\u3000' ? ' ' : character.normalize('NFKC'),
  );
}

export function uncurlQuotes(text: string): string {
  return text.replace(/[“-‟]/g, '"').replace(/[ʼ‘-‛]/g, "'");
}

export function fixLineBreaks(text: string): string {
  return text.replace(/\r\n|[\r\u2028\u2029\x85]/g, '\n');
}

/** Halves of surrogate pairs become U+FFFD; whole pairs are characters already. */
export function fixSurrogates(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Sequences that colour text in terminals. */
export function removeTerminalEscapes(text: string): string {
  return text.replace(/\x1b\[[\p{Nd};]*[a-zA-Z]/gu, '');
}

/** Control characters without a visible effect. Those of C1 stay: they are traces of mojibake. */
export function removeControlCharacters(text: string): string {
  return text.replace(/[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g, '');
}
