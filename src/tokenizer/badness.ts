/**
 * Tells mojibake (UTF-8 that was read in another encoding) from text that only looks unusual.
 *
 * The heuristic and its character lists are those of ftfy 6.3.1 (`ftfy.badness`; Robyn Speer, Apache-2.0): about 400
 * characters occur in mojibake; they are put into classes, and neighbours that hardly ever meet in real text give it
 * away.
 */
import { pythonSpace } from './whitespace.ts';

// Each string is the inside of a character class.
const common = '\xa0\xad·´–—―…’';
const c1 = '\x80-\x9f';
const bad = '¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\ufffdªº';
const law = '¶§';
const currency = '¢£¥₧€';
const start = '¡«¿©΄΅‘‚“„•‹\uf8ff'; // punctuation before a word; U+F8FF is Apple's logo
const end = '®»˝”›™'; // punctuation after a word
const numeric = '²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№';
const kaomoji = 'Ò-ÖÙ-Üò-öø-üŐŌŪŲ°'; // faces made of letters: they stand in odd places on purpose
const upper = 'À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ';
const lower = 'ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґ\ufb01\ufb02';
const upperCommon = 'ÞΑ-ΩΆΈΉΊΌΎΏΪΫЁ-Я';
const lowerCommon = 'α-ωάέήίΰа-џ';
const box = '│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓';

const signs = `${box}${start}${end}${currency}${numeric}${law}`;
const arabicSecond = `${common}${currency}${bad}${numeric}${start}ŸŠ®°µ»`;

const unlikely = [
  `[${c1}]`,
  `[${bad}${lower}${upper}${signs}][${bad}]`,
  `[a-zA-Z][${lowerCommon}${upperCommon}][${bad}]`,
  `[${bad}][${lower}${upper}${signs}]`,
  `[${lower}${lowerCommon}${box}${end}${currency}${numeric}][${upper}]`,
  `[${box}${end}${currency}${numeric}][${lower}]`,
  `[${lower}${box}${end}][${currency}]`,
  `[${pythonSpace}][${upper}][${currency}]`,
  `[${upper}${box}][${numeric}${law}]`,
  `[${lower}${upper}${box}${currency}${end}][${start}][${numeric}]`,
  `[${lower}${upper}${currency}${numeric}${box}${law}][${end}][${start}]`,
  `[${currency}${numeric}${box}][${start}]`,
  `[a-z][${upper}][${start}${currency}]`,
  `[${box}][${kaomoji}]`,
  `[${lower}${upper}${currency}${numeric}${start}${end}${law}][${box}]`,
  `[${box}][${end}]`,
  `[${lower}${upper}][${start}${end}][\\p{L}\\p{N}_]`,

  // The ligature of oe with no plain letter after it; a degree sign after a capital.
  '[Œœ][^A-Za-z]',
  `[${upper}]°`,

  // UTF-8 read as Windows-1252: Latin-1 and General Punctuation, squares, Arabic (two pairs, they are common), South
  // Asian.
  `[ÂÃÎÐ][€œŠš¢£Ÿž\xa0\xad®©°·»${start}${end}–—´]`,
  '×[²³]',
  `[ØÙ][${arabicSecond}][ØÙ][${arabicSecond}]`,
  'à[²µ¹¼½¾]',

  // UTF-8 read as MacRoman.
  '√[±∂†≠®™´≤≥¥µø]',
  '≈[°¢]',
  '‚Ä[ìîïòôúùû†°¢π]',
  '‚[âó][àä°ê]',

  // UTF-8 read as Windows-1251: General Punctuation, Latin-1 and Cyrillic, and the latter on top of Windows-1252.
  'вЂ',
  `[ВГРС][${c1}${bad}${start}${end}${currency}°µ][ВГРС]`,
  'ГўВЂВ[^\\n][A-Za-z ]',

  // "à", "á" and a no-break space read as Windows-1252, where the no-break space may have become a space.
  'Ã[\xa0¡]',
  `[a-z][${pythonSpace}]?[ÃÂ] `,
  '^[ÃÂ] ',
  `[a-z.,?!${end}]Â[ ${start}${end}]`,

  // UTF-8 read as Windows-1253: General Punctuation, Latin-1 and Greek; read as Windows-1257.
  'β€[™\xa0Ά\xad®°]',
  `[ΒΓΞΟ][${c1}${bad}${start}${end}${currency}°][ΒΓΞΟ]`,
  'ā€',
];

const mojibake = new RegExp(unlikely.join('|'), 'u');

/** Whether `text` has a sequence of characters that is far likelier in mojibake than in real text. */
export function isBad(text: string): boolean {
  return mojibake.test(text);
}
