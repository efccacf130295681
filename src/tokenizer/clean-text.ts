import { fixText } from './fix-text.ts';
import { unescapeHtml } from './html-entities.ts';
import { unicodeSpace } from './whitespace.ts';

// Printable ASCII without the ampersand, and the whitespace that ftfy keeps: nothing in it can be broken.
const plainAscii = /^[\t\n\f\r -%'-~]*$/;
const whitespace = new RegExp(`[${unicodeSpace}]+`, 'g');

/**
 * Text as CLIP reads it: mended (ftfy), entities decoded, whitespace folded to single spaces, lower case. Equal to
 * `whitespace_clean(basic_clean(text)).lower()` of OpenAI's simple_tokenizer.py with ftfy 6.3.1, for any string.
 */
export function cleanText(text: string): string {
  const mended = plainAscii.test(text) ? text : unescapeHtml(unescapeHtml(fixText(text)));
  const folded = mended.replace(whitespace, ' ');
  const start = folded.startsWith(' ') ? 1 : 0;
  const end = folded.endsWith(' ') ? folded.length - 1 : folded.length;
  return folded.slice(start, end).toLowerCase();
}
