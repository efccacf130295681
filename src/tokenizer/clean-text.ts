import {
  fixCharacterWidth,
  fixLineBreaks,
  fixSurrogates,
  removeControlCharacters,
  removeTerminalEscapes,
  splitLigatures,
  uncurlQuotes,
} from './characters.ts';
import { unescapeClearHtml, unescapeHtml } from './html-entities.ts';
import { fixC1Controls, fixEncoding } from './mojibake.ts';

/** ASCII on which all of this but case and white space is without effect. */
const plain = /^[\t\n\r\x20-\x25\x27-\x7e]*$/;

/** Longer segments are cut, so that no text takes time out of proportion. In code points. */
const longestSegment = 1_000_000;

/**
 * Text as CLIP was trained on it: ftfy's repairs, HTML references replaced twice over, white space folded, lower case.
 * Equal to `whitespace_clean(basic_clean(text)).lower()` of OpenAI's simple_tokenizer.py with ftfy 6.3.
 */
export function cleanText(text: string): string {
  if (plain.test(text)) return foldWhitespace(text).toLowerCase();
  return foldWhitespace(unescapeHtml(unescapeHtml(fixText(text)))).toLowerCase();
}

// Python's white space, spelled out: JavaScript's \s has U+FEFF too, and lacks U+0085. str.strip() takes a few controls more.
const space = '\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const spaces = new RegExp(`[${space}]+`, 'g');
const leading = new RegExp(`^[${space}\\x1c-\\x1f]+`);
const trailing = new RegExp(`(?<![${space}\\x1c-\\x1f])[${space}\\x1c-\\x1f]+$`);

function foldWhitespace(text: string): string {
  return strip(strip(text).replace(spaces, ' '));
}

function strip(text: string): string {
  return text.replace(leading, '').replace(trailing, '');
}

/** ftfy's fix_text with its defaults, line by line. A `<` says that from its line on the text is HTML, not escaped text. */
export function fixText(text: string): string {
  let isHtml = false;
  return segments(text)
    .map((segment) => {
      isHtml ||= segment.includes('<');
      return fixSegment(segment, isHtml);
    })
    .join('');
}

function segments(text: string): string[] {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return lines.flatMap((line) => {
    if (line.length <= longestSegment) return [line];
    const characters = Array.from(line);
    const count = Math.ceil(characters.length / longestSegment);
    return Array.from({ length: count }, (_, index) =>
      characters.slice(index * longestSegment, (index + 1) * longestSegment).join(''),
    );
  });
}

function fixSegment(segment: string, isHtml: boolean): string {
  let text = segment;
  let before: string;
  do {
    before = text;
    if (!isHtml) text = unescapeClearHtml(text);
    text = fixEncoding(text);
    text = fixC1Controls(text);
    text = splitLigatures(text);
    text = fixCharacterWidth(text);
    text = uncurlQuotes(text);
    text = fixLineBreaks(text);
    text = fixSurrogates(text);
    text = removeTerminalEscapes(text);
    text = removeControlCharacters(text);
    text = text.normalize('NFC');
  } while (text !== before);
  return text;
}
