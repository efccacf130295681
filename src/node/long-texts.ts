import { announce } from '../announce.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/**
 * Says how many texts the context does not hold: they are cut, as open_clip cuts them.
 * @param what they are, e.g. `captions`
 */
export function announceLongTexts(texts: Iterable<string>, tokenizer: Tokenizer, what: string): void {
  const room = tokenizer.contextLength - 2;
  const all = new Set(texts);
  const long = [...all].filter((text) => tokenizer.encode(text).length > room).length;
  if (long > 0)
    announce(
      `${long} of ${all.size} ${what} are longer than ${tokenizer.contextLength} tokens; their ends are cut off`,
    );
}
