import type { ByteString } from './legacy-encodings.ts';

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes as text; what is not UTF-8 becomes U+FFFD, one for each maximal part as Python's `errors='replace'` does. */
export function decodeUtf8Lossy(bytes: Uint8Array): string {
  return lenientDecoder.decode(bytes);
}

// Two surrogates, each written as three bytes of UTF-8. See decodeUtf8Variants() about the line feed.
const cesu8 = /\xed([\xa0-\xaf])([\x80-\xbf])\xed([\xb0-\xbf])([\x80-\xbf]|\n$)/g;
const javaNull = /\xc0(?:\x80|\n$)/g;

/**
 * Bytes as text, strictly, except for two old variants of UTF-8: CESU-8 (characters above U+FFFF as two surrogates of
 * three bytes) and Java's U+0000 as C0 80. Behaves as the codec `utf-8-variants` of ftfy 6.3.1 down to one oddity:
 * Python's `$` also matches before a final line feed, so that a line feed at the very end is taken for the missing last
 * byte of either sequence.
 * @returns undefined when the bytes are not valid
 */
export function decodeUtf8Variants(bytes: ByteString): string | undefined {
  const standard = bytes.replace(cesu8, (_, a: string, b: string, c: string, d: string) =>
    fourBytes(0x10000 + (low(a, 4) << 16) + (low(b, 6) << 10) + (low(c, 4) << 6) + low(d, 6)),
  );
  const codes = Uint8Array.from(standard.replace(javaNull, '\0'), (byte) => byte.charCodeAt(0));
  try {
    return strictDecoder.decode(codes);
  } catch {
    return undefined;
  }
}

/** The lowest `bits` bits of a byte. */
function low(byte: string, bits: number): number {
  return byte.charCodeAt(0) & ((1 << bits) - 1);
}

/** UTF-8 of a code point above U+FFFF. */
function fourBytes(code: number): ByteString {
  return String.fromCharCode(
    0xf0 | (code >> 18),
    0x80 | ((code >> 12) & 0x3f),
    0x80 | ((code >> 6) & 0x3f),
    0x80 | (code & 0x3f),
  );
}
