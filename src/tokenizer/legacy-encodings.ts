/** The single-byte encodings that UTF-8 text is commonly misread in, in the order in which they are tried. */

const latin1Upper = range(0xa0, 0xff);
const c1Controls = range(0x80, 0x9f);

// What bytes 0x80 to 0xFF mean. Bytes that the standard leaves unassigned mean the control character of the same number,
// as browsers have it.
// biome-ignore format: eight bytes a group would hide the alphabets
const upperHalves: Record<LegacyEncoding, string> = {
  'latin-1': c1Controls + latin1Upper,
  'windows-1252': `€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ${latin1Upper}`,
  'windows-1251': 'ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\x98™љ›њќћџ\xa0ЎўЈ¤Ґ¦§Ё©Є«¬\xad®Ї°±Ііґµ¶·ё№є»јЅѕїАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя',
  'windows-1250': '€\x81‚\x83„…†‡\x88‰Š‹ŚŤŽŹ\x90‘’“”•–—\x98™š›śťžź\xa0ˇ˘Ł¤Ą¦§¨©Ş«¬\xad®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙',
  'windows-1253': '€\x81‚ƒ„…†‡\x88‰\x8a‹\x8c\x8d\x8e\x8f\x90‘’“”•–—\x98™\x9a›\x9c\x9d\x9e\x9f\xa0΅Ά£¤¥¦§¨©ª«¬\xad®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡÒΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώÿ',
  'windows-1254': '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8d\x8e\x8f\x90‘’“”•–—˜™š›œ\x9d\x9eŸ\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞßàáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ',
  'windows-1257': '€\x81‚\x83„…†‡\x88‰\x8a‹\x8c¨ˇ¸\x90‘’“”•–—\x98™\x9a›\x9c¯˛\x9f\xa0¡¢£¤¥¦§Ø©Ŗ«¬\xad®Æ°±²³´µ¶·ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙',
  'iso-8859-2': `${c1Controls}\xa0Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\xadŽŻ°ą˛ł´ľśˇ¸šşťź˝žżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙`,
  macroman: 'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\xa0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ',
  cp437: 'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0',
};

export type LegacyEncoding =
  | 'latin-1'
  | 'windows-1252'
  | 'windows-1251'
  | 'windows-1250'
  | 'windows-1253'
  | 'windows-1254'
  | 'windows-1257'
  | 'iso-8859-2'
  | 'macroman'
  | 'cp437';

/** The byte that stands for a character lost as U+FFFD. Only the Windows encodings lose characters. */
const substitute = 0x1a;

export const legacyEncodings = Object.keys(upperHalves) as LegacyEncoding[];

export function isWindowsEncoding(encoding: LegacyEncoding): boolean {
  return encoding.startsWith('windows');
}

const bytesOf = new Map(legacyEncodings.map((encoding) => [encoding, byteMap(encoding)]));

function byteMap(encoding: LegacyEncoding): Map<string, number> {
  const bytes = new Map([...range(0, 0x7f)].map((character, byte) => [character, byte]));
  if (isWindowsEncoding(encoding)) {
    bytes.delete(String.fromCharCode(substitute));
    bytes.set('\ufffd', substitute);
  }
  [...upperHalves[encoding]].forEach((character, index) => {
    bytes.set(character, 0x80 + index);
  });
  return bytes;
}

/** The bytes that read as this text in the encoding; undefined where there are none. */
export function encodeLegacy(text: string, encoding: LegacyEncoding): Uint8Array | undefined {
  const map = bytesOf.get(encoding) as Map<string, number>;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = map.get(text[i] as string);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

/** What a C1 control character stands for when it was meant as Windows-1252, as in browsers. */
export function c1ToWindows1252(control: string): string {
  return upperHalves['windows-1252'][control.charCodeAt(0) - 0x80] ?? control;
}

function range(first: number, last: number): string {
  return String.fromCharCode(...Array.from({ length: last - first + 1 }, (_, index) => first + index));
}
