/**
 * The single-byte encodings that UTF-8 is most often misread as, in the order in which ftfy 6.3.1 tries them.
 *
 * The Windows pages are the "sloppy" ones of browsers (WHATWG Encoding): a byte that the page leaves undefined stands
 * for the C1 control of the same number. They also read U+FFFD as byte 1A (SUBSTITUTE): a character that was lost on
 * the way.
 */

/**
 * Text whose characters are all U+0000 to U+00FF: each stands for the byte of that value, so that regular expressions
 * work on bytes.
 */
export type ByteString = string;

/** A single-byte encoding that agrees with ASCII below 80, except perhaps for byte 1A. */
export type LegacyEncoding = {
  name: string;
  /** What bytes 80 to FF stand for: 128 characters. */
  high: string;
  /** What byte 1A stands for: itself, or U+FFFD in the sloppy Windows pages. */
  substitute: '\x1a' | '\ufffd';
  /** Character to byte, for all that is not the same in both. */
  byteOf: ReadonlyMap<string, string>;
};

function legacyEncoding(name: string, substitute: '\x1a' | '\ufffd', high: string): LegacyEncoding {
  const byteOf = new Map([[substitute as string, '\x1a']]);
  for (let byte = 0x80; byte <= 0xff; byte++) byteOf.set(high[byte - 0x80]!, String.fromCharCode(byte));
  return { name, high, substitute, byteOf };
}

function charactersBetween(first: number, last: number): string {
  return String.fromCharCode(...Array.from({ length: last - first + 1 }, (_, i) => first + i));
}

const c1Controls = charactersBetween(0x80, 0x9f);

/** The encodings, the likeliest first. */
export const legacyEncodings: readonly LegacyEncoding[] = [
  legacyEncoding('latin-1', '\x1a', charactersBetween(0x80, 0xff)),
  legacyEncoding(
    'windows-1252',
    '\ufffd',
    '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ' +
      '\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿' +
      'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß' +
      'àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ',
  ),
  legacyEncoding(
    'windows-1251',
    '\ufffd',
    'ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\x98™љ›њќћџ' +
      '\xa0ЎўЈ¤Ґ¦§Ё©Є«¬\xad®Ї°±Ііґµ¶·ё№є»јЅѕї' +
      'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ' +
      'абвгдежзийклмнопрстуфхцчшщъыьэюя',
  ),
  legacyEncoding(
    'windows-1250',
    '\ufffd',
    '€\x81‚\x83„…†‡\x88‰Š‹ŚŤŽŹ\x90‘’“”•–—\x98™š›śťžź' +
      '\xa0ˇ˘Ł¤Ą¦§¨©Ş«¬\xad®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż' +
      'ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß' +
      'ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙',
  ),
  legacyEncoding(
    'windows-1253',
    '\ufffd',
    '€\x81‚ƒ„…†‡\x88‰\x8a‹\x8c\x8d\x8e\x8f\x90‘’“”•–—\x98™\x9a›\x9c\x9d\x9e\x9f' +
      '\xa0΅Ά£¤¥¦§¨©ª«¬\xad®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏ' +
      'ΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡÒΣΤΥΦΧΨΩΪΫάέήί' +
      'ΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώÿ',
  ),
  legacyEncoding(
    'windows-1254',
    '\ufffd',
    '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8d\x8e\x8f\x90‘’“”•–—˜™š›œ\x9d\x9eŸ' +
      '\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿' +
      'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞß' +
      'àáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ',
  ),
  legacyEncoding(
    'windows-1257',
    '\ufffd',
    '€\x81‚\x83„…†‡\x88‰\x8a‹\x8c¨ˇ¸\x90‘’“”•–—\x98™\x9a›\x9c¯˛\x9f' +
      '\xa0¡¢£¤¥¦§Ø©Ŗ«¬\xad®Æ°±²³´µ¶·ø¹ŗ»¼½¾æ' +
      'ĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽß' +
      'ąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙',
  ),
  legacyEncoding(
    'iso-8859-2',
    '\x1a',
    c1Controls +
      '\xa0Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\xadŽŻ°ą˛ł´ľśˇ¸šşťź˝žż' +
      'ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß' +
      'ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙',
  ),
  legacyEncoding(
    'macroman',
    '\x1a',
    'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü' +
      '†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø' +
      '¿¡¬√ƒ≈∆«»…\xa0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ' +
      '‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ',
  ),
  legacyEncoding(
    'cp437',
    '\x1a',
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ' +
      'áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
      '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀' +
      'αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0',
  ),
];

/** The encoding of that name; the names are those of the list above. */
export function legacyEncodingNamed(name: string): LegacyEncoding {
  const encoding = legacyEncodings.find((candidate) => candidate.name === name);
  if (!encoding) throw new RangeError(`Cannot find encoding: expected one of the legacy encodings but got ${name}`);
  return encoding;
}

/** `text` as bytes of `encoding`, or undefined when one of its characters is not in that encoding. */
export function encodeLegacy(text: string, { byteOf, substitute }: LegacyEncoding): ByteString | undefined {
  let bytes = '';
  for (const character of text) {
    const same = character < '\x80' && (character !== '\x1a' || substitute === '\x1a');
    const byte = same ? character : byteOf.get(character);
    if (byte === undefined) return undefined;
    bytes += byte;
  }
  return bytes;
}
