/**
 * A guess whether text is mojibake: sequences of characters that people hardly write, but that appear when UTF-8 is read
 * in a legacy encoding. The heuristic and its character classes are those of ftfy 6.3 (Robyn Speer, Apache License 2.0).
 */

const bad = '¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\ufffdªº'; // hardly used for anything but mojibake
const c1 = '\x80-\x9f';
const common = '\xa0\xad·´–—―…’';
const law = '¶§';
const currency = '¢£¥₧€';
const opening = '¡«¿©΄΅‘‚“„•‹\uf8ff'; // punctuation that starts something
const closing = '®»˝”›™';
const numeric = '²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№';
const kaomoji = 'Ò-ÖÙ-Üò-öø-üŐŌŪŲ°'; // may be eyes and mouths of emoticons
const upper = 'À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ';
const lower = 'ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ';
const upperCommon = 'ÞΑ-ΩΆΈΉΊΌΎΏΪΫЁ-Я';
const lowerCommon = 'α-ωάέήίΰа-џ';
const box = '│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓';
// Python's \s and \w, which are wider than JavaScript's.
const space = '\\s\\x1c-\\x1f\\x85';
const word = '\\p{L}\\p{N}_';

const badSequences = [
  `[${c1}]`,
  `[${bad}${lower}${upper}${box}${opening}${closing}${currency}${numeric}${law}][${bad}]`,
  `[a-zA-Z][${lowerCommon}${upperCommon}][${bad}]`,
  `[${bad}][${lower}${upper}${box}${opening}${closing}${currency}${numeric}${law}]`,
  `[${lower}${lowerCommon}${box}${closing}${currency}${numeric}][${upper}]`,
  `[${box}${closing}${currency}${numeric}][${lower}]`,
  `[${lower}${box}${closing}][${currency}]`,
  `[${space}][${upper}][${currency}]`,
  `[${upper}${box}][${numeric}${law}]`,
  `[${lower}${upper}${box}${currency}${closing}][${opening}][${numeric}]`,
  `[${lower}${upper}${currency}${numeric}${box}${law}][${closing}][${opening}]`,
  `[${currency}${numeric}${box}][${opening}]`,
  `[a-z][${upper}][${opening}${currency}]`,
  `[${box}][${kaomoji}]`,
  `[${lower}${upper}${currency}${numeric}${opening}${closing}${law}][${box}]`,
  `[${box}][${closing}]`,
  `[${lower}${upper}][${opening}${closing}][${word}]`,
  '[Œœ][^A-Za-z]',
  `[${upper}]°`,
  `[ÂÃÎÐ][€œŠš¢£Ÿž\\xa0\\xad®©°·»${opening}${closing}–—´]`,
  '×[²³]',
  // Arabic read as Windows-1252: common characters count, so four are asked for
  `[ØÙ][${common}${currency}${bad}${numeric}${opening}ŸŠ®°µ»][ØÙ][${common}${currency}${bad}${numeric}${opening}ŸŠ®°µ»]`,
  'à[²µ¹¼½¾]', // South Asian scripts read as Windows-1252
  '√[±∂†≠®™´≤≥¥µø]', // MacRoman
  '≈[°¢]',
  '‚Ä[ìîïòôúùû†°¢π]',
  '‚[âó][àä°ê]',
  'вЂ', // Windows-1251
  `[ВГРС][${c1}${bad}${opening}${closing}${currency}°µ][ВГРС]`,
  'ГўВЂВ.[A-Za-z ]', // Windows-1251 on top of Windows-1252
  'Ã[\\xa0¡]', // à, á and the no-break space
  `[a-z][${space}]?[ÃÂ][ ]`,
  '^[ÃÂ][ ]',
  `[a-z.,?!${closing}]Â[ ${opening}${closing}]`,
  'β€[™\\xa0Ά\\xad®°]', // Windows-1253
  `[ΒΓΞΟ][${c1}${bad}${opening}${closing}${currency}°][ΒΓΞΟ]`,
  'ā€', // Windows-1257
];

const badPattern = new RegExp(badSequences.join('|'), 'u');

/** Whether the text looks like mojibake anywhere. */
export function isBad(text: string): boolean {
  return badPattern.test(text);
}
