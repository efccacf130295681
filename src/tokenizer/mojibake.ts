import { isBad } from './badness.ts';
import {
  c1ToWindows1252,
  encodeLegacy,
  isWindowsEncoding,
  type LegacyEncoding,
  legacyEncodings,
} from './legacy-encodings.ts';
import { decodeUtf8, decodeUtf8Variants } from './utf8.ts';

/**
 * Undoes mojibake: UTF-8 that was read in a legacy encoding, once or several times over (`schÃ¶n` for `schön`).
 * The steps are those of ftfy 6.3's fix_encoding (Robyn Speer, Apache License 2.0).
 */
export function fixEncoding(text: string): string {
  let fixed = text;
  let before: string;
  do {
    before = fixed;
    fixed = fixOnce(before);
  } while (fixed !== before);
  return fixed;
}

function fixOnce(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text) || !isBad(text)) return text;
  for (const encoding of legacyEncodings) {
    const bytes = encodeLegacy(text, encoding);
    const decoded = bytes && decodeRepaired(bytes, encoding);
    if (decoded !== undefined) return decoded;
  }
  const patched = fixEmbedded(text);
  if (patched !== text) return patched;
  if (encodeLegacy(text, 'latin-1')) {
    const windows = fixC1Controls(text);
    const unassigned = /[\x81\x8d\x8f\x90\x9d]/.test(text);
    if (!unassigned && windows !== text) return windows;
  }
  return fixC1Controls(text);
}

/** Control characters of Latin-1 that were meant as Windows-1252's punctuation. */
export function fixC1Controls(text: string): string {
  return text.replace(/[\x80-\x9f]/g, c1ToWindows1252);
}

function decodeRepaired(bytes: Uint8Array, encoding: LegacyEncoding): string | undefined {
  let latin1 = bytesToLatin1(bytes); // so that patterns can look at bytes
  if (encoding !== 'macroman' && lostNoBreakSpace.test(latin1)) latin1 = restoreNoBreakSpaces(latin1);
  if (isWindowsEncoding(encoding)) latin1 = latin1.replace(lossySequence, replacementBytes);
  const repaired = Uint8Array.from(latin1, (character) => character.charCodeAt(0));
  return /[\xed\xc0]/.test(latin1) ? decodeUtf8Variants(repaired) : decodeUtf8(repaired);
}

/** UTF-8 sequences that would be whole if a space were byte A0, which some program took for one. */
const lostNoBreakSpace = new RegExp(
  [
    '[\xc2\xc3\xc5\xce\xd0\xd9][ ]',
    '[\xe2\xe3][ ][\x80-\x84\x86-\x9f\xa1-\xbf]',
    '[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf][ ]',
    '\xf0[ ][\x80-\xbf][\x80-\xbf]',
    '\xf0[\x80-\xbf][ ][\x80-\xbf]',
    '\xf0[\x80-\xbf][\x80-\xbf][ ]',
  ].join('|'),
);
const everyLostNoBreakSpace = new RegExp(lostNoBreakSpace, 'g');

/** "à" mostly stands alone, so a space after it stays; Portuguese has words that begin with it. */
function restoreNoBreakSpaces(latin1: string): string {
  return latin1
    .replace(/\xc3 (?! |quele|quela|quilo|s )/g, '\xc3\xa0 ')
    .replace(everyLostNoBreakSpace, (sequence) => sequence.replaceAll(' ', '\xa0'));
}

/** UTF-8 sequences in which byte 1A or a question mark stands for bytes that are lost. */
const lossySequence = new RegExp(
  [
    '[\xc2-\xdf]\x1a',
    '[\xc2-\xc3][?]',
    '\xed[\xa0-\xaf][\x1a?]\xed[\xb0-\xbf][\x1a?\x80-\xbf]',
    '\xed[\xa0-\xaf][\x1a?\x80-\xbf]\xed[\xb0-\xbf][\x1a?]',
    '[\xe0-\xef][\x1a?][\x1a\x80-\xbf]',
    '[\xe0-\xef][\x1a\x80-\xbf][\x1a?]',
    '[\xf0-\xf4][\x1a?][\x1a\x80-\xbf][\x1a\x80-\xbf]',
    '[\xf0-\xf4][\x1a\x80-\xbf][\x1a?][\x1a\x80-\xbf]',
    '[\xf0-\xf4][\x1a\x80-\xbf][\x1a\x80-\xbf][\x1a?]',
    '\x1a',
  ].join('|'),
  'g',
);
const replacementBytes = '\xef\xbf\xbd'; // U+FFFD

// What the bytes of UTF-8 look like in the legacy encodings together.
const firstOfTwo =
  'ĂÂÄĀÅÃÆĆČÇĎĐÉĚÊËĖÈĒĘÐĞĢÍÎÏİÌĪĶĹĻŁŃŇŅÑÓÔÖŐÒŌØÕŘŚŠŞŢÞÚÛÜŰÙŪŲŮÝŹŽŻß×' +
  'ΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ';
const firstOfThree = 'áăâäàāąåãæćčçďéěêëėèēęģíîïìīįķĺļŕźΰαβγδεζηθικλμνξοабвгдежзийклмноп';
const firstOfFour = 'đðğóšπσру';
const certainContinuation = '\x80-¿ĄÆĽŁØŖŚŠŞŤŸŹŽŻŒąæƒľłøŗśšşťźžżœˆˇ˘˛˜˝΄΅ΆΈΉΊΌΎΏЁЂЃЄЅІЇЈЉЊЋЌЎЏёђѓєѕіїјљњћќўџҐґ†‡‰‹›€№™';
const continuation = `${certainContinuation} –—―‘’‚“”„•…`; // these may stand for themselves

const embeddedSequence = new RegExp(
  `(?<![${certainContinuation}])(?:[${firstOfTwo}][${continuation}]` +
    `|[${firstOfThree}][${continuation}]{2}|[${firstOfFour}][${continuation}]{3})+`,
  'gu',
);

/** Mojibake in the midst of other text, which as a whole no encoding explains. */
function fixEmbedded(text: string): string {
  return text.replace(embeddedSequence, (sequence) =>
    sequence.length < text.length && isBad(sequence) ? fixEncoding(sequence) : sequence,
  );
}

function bytesToLatin1(bytes: Uint8Array): string {
  let latin1 = '';
  for (const byte of bytes) latin1 += String.fromCharCode(byte);
  return latin1;
}
