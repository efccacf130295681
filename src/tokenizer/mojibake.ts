/**
 * Undoes mojibake: text that was UTF-8 until someone decoded it in a single-byte encoding (`schÃ¶n` for `schön`).
 * The steps and their order are those of ftfy 6.3.1 (`fix_encoding`; Robyn Speer, Apache-2.0).
 */
import { isBad } from './badness.ts';
import { encodeLegacy, type LegacyEncoding, legacyEncodingNamed, legacyEncodings } from './legacy-encodings.ts';
import { replaceLossySequences, restoreByteA0 } from './lossy-bytes.ts';
import { decodeUtf8Variants } from './utf8.ts';

const windows1252 = legacyEncodingNamed('windows-1252');
const windowsPages = legacyEncodings.filter(({ name }) => name.startsWith('windows-'));

/** What bytes `first` to `last` stand for in any of the Windows pages, as the inside of a character class. */
function windowsCharacters(first: number, last: number): string {
  return windowsPages.map(({ high }) => high.slice(first - 0x80, last - 0x80 + 1)).join('');
}

// Dashes, quotes, bullet and ellipsis stand for themselves beside mojibake too often to tell that it began before.
const innocent = /[–—―‘’‚“”„•…]/g;
const continuation = `\x80-\xbf${windowsCharacters(0x80, 0xbf)}`;

// Sequences of two, three and four bytes; a space may have been byte A0.
const embeddedUtf8 = new RegExp(
  `(?<![${continuation.replace(innocent, '')}])` +
    `(?:[${windowsCharacters(0xc2, 0xdf)}][${continuation} ]` +
    `|[${windowsCharacters(0xe0, 0xef)}][${continuation} ]{2}` +
    `|[${windowsCharacters(0xf0, 0xf0)}${windowsCharacters(0xf3, 0xf3)}][${continuation} ]{3})+`,
  'gu',
);

const ascii = /^[\0-\x7f]*$/;
const c1Control = /[\x80-\x9f]/g;

/** Undoes mojibake, layer by layer if it happened more than once; text that does not look like it stays as it is. */
export function fixEncoding(text: string): string {
  for (;;) {
    const fixed = fixOneLayer(text);
    if (fixed === text) return text;
    text = fixed;
  }
}

function fixOneLayer(text: string): string {
  if (ascii.test(text) || !isBad(text)) return text;

  // 1. All of it is UTF-8 that was read in one of the legacy encodings.
  for (const encoding of legacyEncodings) {
    const bytes = encodeLegacy(text, encoding);
    if (bytes === undefined) continue;
    const decoded = decodeUtf8Variants(repairBytes(bytes, encoding));
    if (decoded !== undefined) return decoded;
  }

  // 2. Parts of it are.
  const fixed = text.replace(embeddedUtf8, (part) =>
    part.length < text.length && isBad(part) ? fixEncoding(part) : part,
  );
  if (fixed !== text) return fixed;

  // 3. What is left has C1 controls, which nobody writes: Windows-1252 that was read as Latin-1.
  return fixC1Controls(text);
}

function repairBytes(bytes: string, { name, substitute }: LegacyEncoding): string {
  // In MacRoman the same bytes are an en dash and a space.
  const restored = name === 'macroman' ? bytes : restoreByteA0(bytes);
  return substitute === '\ufffd' ? replaceLossySequences(restored) : restored;
}

/** Reads C1 controls (U+0080 to U+009F) as the Windows-1252 characters of the same bytes, as browsers do. */
export function fixC1Controls(text: string): string {
  return text.replace(c1Control, (control) => windows1252.high[control.charCodeAt(0) - 0x80]!);
}
