/** Strict decoders: undefined where the bytes are not what they should be. */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * UTF-8 with two habits of other programs: characters beyond U+FFFF as two surrogates of three bytes each (CESU-8), and
 * U+0000 as C0 80 (Java). Of a text that ends in a line break, that break may stand for a last byte that is lost: ftfy's
 * patterns end in `$`, which in Python matches before it.
 */
export function decodeUtf8Variants(bytes: Uint8Array): string | undefined {
  const standard: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i] as number;
    const pair = byte === 0xed ? surrogatePair(bytes.subarray(i, i + 6), i + 6 === bytes.length) : undefined;
    if (pair !== undefined) {
      standard.push(0xf0 | (pair >> 18), 0x80 | ((pair >> 12) & 63), 0x80 | ((pair >> 6) & 63), 0x80 | (pair & 63));
      i += 6;
    } else if (byte === 0xc0 && (bytes[i + 1] === 0x80 || (bytes[i + 1] === 0x0a && i + 2 === bytes.length))) {
      standard.push(0);
      i += 2;
    } else {
      standard.push(byte);
      i++;
    }
  }
  return decodeUtf8(Uint8Array.from(standard));
}

/** ED A0-AF xx ED B0-BF xx: the code point of a surrogate pair. */
function surrogatePair(bytes: Uint8Array, isEnd: boolean): number | undefined {
  const [, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0] = bytes;
  const lastFits = b5 >> 6 === 2 || (isEnd && b5 === 0x0a);
  const isPair = b3 === 0xed && b1 >> 4 === 0xa && b4 >> 4 === 0xb && b2 >> 6 === 2 && lastFits;
  return isPair ? 0x10000 + (((b1 & 15) << 16) | ((b2 & 63) << 10) | ((b4 & 15) << 6) | (b5 & 63)) : undefined;
}
