/** Mends broken text as `ftfy.fix_text` 6.3.1 does with its default settings (Robyn Speer, Apache-2.0). */
import {
  fixLineBreaks,
  fixWidth,
  removeControls,
  removeTerminalEscapes,
  replaceLoneSurrogates,
  spellOutLigatures,
  uncurlQuotes,
} from './characters.ts';
import { unescapeStrictHtml } from './html-entities.ts';
import { fixC1Controls, fixEncoding } from './mojibake.ts';

const maxSegmentLength = 1_000_000; // code points

/**
 * Mends each line on its own, because each may have been broken in its own way. Entities are decoded until a line has a
 * `<`: from there on the text is taken for HTML that means what it says.
 */
export function fixText(text: string): string {
  let isHtml = false;
  let fixed = '';
  for (let at = 0; at < text.length; ) {
    const stop = segmentEnd(text, at);
    const segment = text.slice(at, stop);
    isHtml ||= segment.includes('<');
    fixed += fixSegment(segment, !isHtml);
    at = stop;
  }
  return fixed;
}

/** Where the segment that begins at `at` ends: after its line feed, or after a million code points. */
function segmentEnd(text: string, at: number): number {
  const lineFeed = text.indexOf('\n', at);
  const end = lineFeed < 0 ? text.length : lineFeed + 1;
  if (end - at <= maxSegmentLength) return end;
  let stop = at;
  for (let count = 0; count < maxSegmentLength && stop < end; count++) stop += text.codePointAt(stop)! > 0xffff ? 2 : 1;
  return stop;
}

// `&amp;amp;amp;...`: each round below takes one level off, so a long one would take time out of proportion. Three levels
// come to the same.
const nestedAmpersand = /&(?:(?:amp|AMP|#0*38|#[xX]0*26);){4,}/g;

/** Applies every fix again and again until none changes anything. */
function fixSegment(text: string, decodeEntities: boolean): string {
  if (decodeEntities) text = text.replace(nestedAmpersand, '&amp;amp;amp;');
  for (;;) {
    const before = text;
    if (decodeEntities) text = unescapeStrictHtml(text);
    text = fixEncoding(text);
    text = fixC1Controls(text);
    text = spellOutLigatures(text);
    text = fixWidth(text);
    text = uncurlQuotes(text);
    text = fixLineBreaks(text);
    text = replaceLoneSurrogates(text);
    text = removeTerminalEscapes(text);
    text = removeControls(text);
    text = text.normalize('NFC');
    if (text === before) return text;
  }
}
