/**
 * Bytes as printable characters.
 *
 * BPE works on strings, but CLIP's alphabet is the 256 bytes of UTF-8, so that no text is ever out of vocabulary. Bytes
 * such as a space or a control would be awkward in a file that separates tokens by spaces, so GPT-2 gave each byte a
 * character that prints: the 188 bytes that print in Latin-1 stand for themselves, and the other 68, in order, for
 * U+0100 and what follows it. `é` is the bytes C3 A9 and is written `Ã©`; a space (20) is the 33rd of the 68 and is
 * written `Ġ` (U+0120).
 */

function printsInLatin1(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

function characterTable(): string[] {
  let substitutes = 0;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(printsInLatin1(byte) ? byte : 0x100 + substitutes++),
  );
}

const characterOf: readonly string[] = characterTable();
const byteOf: ReadonlyMap<string, number> = new Map(characterOf.map((character, byte) => [character, byte]));
const encoder = new TextEncoder();

/**
 * The 256 characters in the order of OpenAI's vocabulary: first those that stand for themselves, then the substitutes.
 */
export const byteAlphabet: readonly string[] = [
  ...characterOf.filter((_, byte) => printsInLatin1(byte)),
  ...characterOf.filter((_, byte) => !printsInLatin1(byte)),
];

/** The UTF-8 bytes of `text`, one printable character each. */
export function textToByteCharacters(text: string): string[] {
  return Array.from(encoder.encode(text), (byte) => characterOf[byte]!);
}

/** The bytes that printable characters stand for; a character that stands for none gives its own UTF-8. */
export function byteCharactersToBytes(characters: string): Uint8Array {
  return Uint8Array.from(
    [...characters].flatMap((character) => byteOf.get(character) ?? [...encoder.encode(character)]),
  );
}
