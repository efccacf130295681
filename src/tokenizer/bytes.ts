/**
 * BPE works on bytes, so that no character is unknown; a vocabulary file holds text. OpenAI therefore writes each byte as
 * one printable character: bytes that are printable in Latin-1 as themselves, the 68 others (space, controls ...) as the
 * characters from U+0100 on. A space becomes `Ġ`, for instance.
 */
const printable = [...range(0x21, 0x7e), ...range(0xa1, 0xac), ...range(0xae, 0xff)];
const others = range(0, 255).filter((byte) => !printable.includes(byte));

/** The 256 characters in the order in which vocabularies list them: printable bytes first. */
export const byteCharacters: readonly string[] = [
  ...printable.map((byte) => String.fromCharCode(byte)),
  ...others.map((_, index) => String.fromCharCode(256 + index)),
];

const characterOfByte: string[] = [];
[...printable, ...others].forEach((byte, index) => {
  characterOfByte[byte] = byteCharacters[index] as string;
});
const byteOfCharacter = new Map(characterOfByte.map((character, byte) => [character, byte]));

/** The UTF-8 bytes of a text, each as its character. */
export function toByteCharacters(text: string): string {
  let characters = '';
  for (const byte of new TextEncoder().encode(text)) characters += characterOfByte[byte];
  return characters;
}

/** The text of byte characters; bytes that are not UTF-8 become U+FFFD. @throws RangeError on another character */
export function fromByteCharacters(characters: string): string {
  const bytes = Uint8Array.from(characters, (character) => {
    const byte = byteOfCharacter.get(character);
    if (byte === undefined) throw new RangeError(`Cannot decode: '${character}' stands for no byte`);
    return byte;
  });
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
