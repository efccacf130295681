/**
 * Bytes that were UTF-8 until something on the way lost a few of them. Rules of ftfy 6.3.1 (`restore_byte_a0`,
 * `replace_lossy_sequences`; Robyn Speer, Apache-2.0), on byte strings.
 */
import type { ByteString } from './legacy-encodings.ts';

// Multi-byte sequences that would be good UTF-8 if the space in them were byte A0 (NO-BREAK SPACE in most encodings).
// Only lead bytes that make a likely character are listed; 85 is left out because it stands for an ellipsis too often.
const spaceForA0 = new RegExp(
  [
    '[\xc2\xc3\xc5\xce\xd0\xd9] ',
    '[\xe2\xe3] [\x80-\x84\x86-\x9f\xa1-\xbf]',
    '[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf] ',
    '\xf0 [\x80-\xbf][\x80-\xbf]',
    '\xf0[\x80-\xbf] [\x80-\xbf]',
    '\xf0[\x80-\xbf][\x80-\xbf] ',
  ].join('|'),
  'g',
);

// `à` as a word of its own ("à la carte"): its A0 and the space after it have become one. Not where Portuguese goes on
// without a space: àquele, àquela, àquilo, às.
const wordAGrave = /\xc3 (?! |quele|quela|quilo|s )/g;

/** Puts back byte A0 where it was turned into a space within a UTF-8 sequence: `voilÃ le travail`. */
export function restoreByteA0(bytes: ByteString): ByteString {
  return bytes.replace(wordAGrave, '\xc3\xa0 ').replace(spaceForA0, (sequence) => sequence.replaceAll(' ', '\xa0'));
}

// UTF-8 and CESU-8 sequences in which one or more continuation bytes are 1A: lost. One of them may be a question mark.
const lostBytes = new RegExp(
  [
    '[\xc2-\xdf]\x1a',
    '[\xc2\xc3]\\?',
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

/** Turns each sequence that lost a byte into the UTF-8 of U+FFFD, so that the rest can still be decoded. */
export function replaceLossySequences(bytes: ByteString): ByteString {
  return bytes.replace(lostBytes, '\xef\xbf\xbd');
}
