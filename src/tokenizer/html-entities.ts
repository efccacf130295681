import { characterEntities } from 'character-entities';
import { characterEntitiesLegacy } from 'character-entities-legacy';

/** Names that HTML also knows without a semicolon. */
const legacyNames = new Set(characterEntitiesLegacy);

/** Windows-1252's meaning of numbers that are C1 controls, and two more exceptions of the HTML standard. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/**
 * Replaces HTML's character references exactly as Python's `html.unescape` does: names with and, where HTML allows it,
 * without a semicolon (the longest that fits), decimal and hexadecimal numbers.
 */
export function unescapeHtml(text: string): string {
  return text.replace(/&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu, (reference, body: string) => {
    if (body.startsWith('#')) return fromNumber(body.slice(1).replace(';', ''));
    const whole = entity(body);
    if (whole !== undefined) return whole;
    for (let length = body.length - 1; length > 1; length--) {
      const character = entity(body.slice(0, length));
      if (character !== undefined) return character + body.slice(length);
    }
    return reference;
  });
}

/** The character of a name as it stands in the text, with its semicolon or without. */
function entity(spelling: string): string | undefined {
  const name = spelling.endsWith(';') ? spelling.slice(0, -1) : spelling;
  const known = spelling.endsWith(';') ? Object.hasOwn(characterEntities, name) : legacyNames.has(name);
  return known ? characterEntities[name] : undefined;
}

function fromNumber(digits: string): string {
  const code = /^[xX]/.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
  if (code === 0 || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return '\ufffd';
  if (code >= 0x80 && code <= 0x9f) return windows1252[code - 0x80] as string;
  const control = code < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(code);
  const nonCharacter = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
  return control || code === 0x7f || nonCharacter ? '' : String.fromCodePoint(code);
}

/**
 * ftfy's careful variant, for text that may not be HTML: only references with a semicolon, but also names in capitals
 * that were written in capitals along with the text around them (`P&EACUTE;REZ`).
 */
export function unescapeClearHtml(text: string): string {
  return text.replace(/&#?[0-9A-Za-z]{1,24};/g, (reference) => {
    const name = reference.slice(1);
    if (name.startsWith('#')) {
      const character = unescapeHtml(reference);
      return character.includes(';') ? reference : character;
    }
    return entity(name) ?? capitalEntity(reference, name) ?? reference;
  });
}

function capitalEntity(reference: string, name: string): string | undefined {
  const inLowerCase = name.toLowerCase();
  if (inLowerCase.toUpperCase() !== name || unescapeHtml(reference) !== reference) return undefined;
  return entity(inLowerCase)?.toUpperCase();
}
