import { characterEntities } from 'character-entities';
import { characterEntitiesLegacy } from 'character-entities-legacy';

const legacyNames = new Set(characterEntitiesLegacy);
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'; // bytes 80 to 9F

const reference = /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu;

/**
 * Replaces character references (`&gt;`, `&#62;`, `&#x3e;`) exactly as Python's `html.unescape` does, by the rules of
 * HTML 5: also without the semicolon where the standard has such a name, and then with the longest name that fits
 * (`&notit;` is `¬it;`).
 * Never throws, where Python 3.11 refuses a decimal number of more than 4300 digits.
 */
export function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(reference, (whole, body: string) => {
    if (body.startsWith('#')) return numericCharacter(body);
    const character = namedCharacter(body);
    if (character !== undefined) return character;
    for (let length = body.length - 1; length > 1; length--) {
      const longest = namedCharacter(body.slice(0, length));
      if (longest !== undefined) return longest + body.slice(length);
    }
    return whole;
  });
}

/**
 * The characters of a name as Python's `html.entities.html5` lists it: with its semicolon, or an old name without one.
 */
function namedCharacter(name: string): string | undefined {
  const bare = name.endsWith(';') ? name.slice(0, -1) : name;
  if (bare === name && !legacyNames.has(name)) return undefined;
  return Object.hasOwn(characterEntities, bare) ? characterEntities[bare] : undefined;
}

/**
 * The character of `#62;` or `#x3e;`: HTML 5 reads 80 to 9F as Windows-1252; Python drops controls and noncharacters.
 */
function numericCharacter(body: string): string {
  const digits = body.endsWith(';') ? body.slice(1, -1) : body.slice(1);
  const code = /^[xX]/.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
  if (code === 0 || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return '\ufffd';
  if (code >= 0x80 && code <= 0x9f) return windows1252[code - 0x80]!;
  const isControl = code <= 8 || code === 0x0b || (code >= 0x0e && code <= 0x1f) || code === 0x7f;
  const isNoncharacter = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
  return isControl || isNoncharacter ? '' : String.fromCodePoint(code);
}

const strictReference = /&#?[0-9A-Za-z]{1,24};/g;

/**
 * Replaces only references that are beyond doubt, as `unescape_html` of ftfy 6.3.1 (Robyn Speer, Apache-2.0) does: they
 * end in a semicolon. Lower-case names are also recognised in capitals (`P&EACUTE;REZ`) unless HTML itself reads those
 * differently.
 */
export function unescapeStrictHtml(text: string): string {
  return text.replace(strictReference, (whole) => {
    if (whole.startsWith('&#')) {
      const character = unescapeHtml(whole);
      return character.includes(';') ? whole : character;
    }
    return namedCharacter(whole.slice(1)) ?? shoutedCharacter(whole) ?? whole;
  });
}

/** `&EACUTE;` is É, if `&eacute;` is a name and `&EACUTE;` means nothing in HTML. */
function shoutedCharacter(whole: string): string | undefined {
  const name = whole.slice(1);
  if (name !== name.toUpperCase() || unescapeHtml(whole) !== whole) return undefined;
  return namedCharacter(name.toLowerCase())?.toUpperCase();
}
