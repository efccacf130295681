import { cleanText } from '../tokenizer/clean-text.ts';
import { fixEncoding } from '../tokenizer/mojibake.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** What can be wrong with a caption by itself. */
export type CaptionFaultKind =
  | 'long-caption'
  | 'short-caption'
  | 'file-name-caption'
  | 'url-caption'
  | 'html-caption'
  | 'mojibake-caption'
  | 'mended-caption'
  | 'other-script-caption';

/** A fault, and what shows it. */
export type CaptionFault = { kind: CaptionFaultKind; detail: string };

/** What the end of a cut caption is shown by: its last words, in characters. */
const shownCharacters = 32;

const pictureFile = /^[^\n<>?*|"]*\.(?:jpe?g|png|gif|webp|bmp|tiff?|avif|heic|svg)$/i;
const cameraName = /^(?:img|dsc|dscn|dscf|pict|image|photo|picture|screenshot|scan|untitled)[-_ ]?\d+$/i;
const address = /\b(?:https?:\/\/|www\.)[^\s"'<>]+/i;
const tag = /<\/?(?:a|b|br|div|em|h[1-6]|hr|i|img|li|p|script|span|strong|table|td|tr|u|ul)\b[^<>]*>/i;
/** Scripts in which a character or two are a word. */
const wordCharacters =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u;
const leastCharacters = 3;

/**
 * What is wrong with a caption, as the model would read it: mended, entities decoded, folded and in lower case (`cleanText`).
 * @param tokenizer the model's: it says what is too long
 */
export function captionFaults(text: string, tokenizer: Tokenizer): CaptionFault[] {
  const read = cleanText(text);
  const found: CaptionFault[] = [];
  const add = (kind: CaptionFaultKind, detail: string) => found.push({ kind, detail });
  const ids = tokenizer.encode(text);
  const room = tokenizer.contextLength - 2; // start and end
  if (ids.length > room) add('long-caption', describeCut(ids, room, tokenizer));
  const characters = [...read].length;
  const hasWord = /[\p{L}\p{N}]/u.test(read) || wordCharacters.test(read);
  if (!hasWord) add('short-caption', 'it has neither a letter nor a digit');
  else if (characters < leastCharacters && !wordCharacters.test(read))
    add('short-caption', `${characters} ${characters === 1 ? 'character' : 'characters'}`);
  const link = address.exec(text);
  const html = tag.exec(text);
  if (link) add('url-caption', link[0]);
  else if (pictureFile.test(read) || cameraName.test(read)) add('file-name-caption', read);
  if (html) add('html-caption', html[0]);
  const mended = fixEncoding(text);
  if (read.includes('\ufffd')) add('mojibake-caption', 'it has the character U+FFFD, which stands for a lost one');
  else if (mended !== text) add('mended-caption', `read as: ${mended}`);
  if (isMostlyOfOtherScripts(read)) add('other-script-caption', 'most of its letters are not Latin');
  return found;
}

function describeCut(ids: readonly number[], room: number, tokenizer: Tokenizer): string {
  const kept = tokenizer.decode(ids.slice(0, room)).trim();
  return `${ids.length} tokens, room for ${room}: cut after “…${kept.slice(-shownCharacters)}”`;
}

/** Whether fewer than half of the letters are Latin. */
function isMostlyOfOtherScripts(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return letters > 0 && latin < letters / 2;
}
