import { announce } from '../announce.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { numberStrings } from './number-strings.ts';

/**
 * Says how many texts, equal ones counted once, the context does not hold: they are cut, as open_clip cuts them.
 * @param what they are, e.g. `captions`
 */
export async function announceLongTexts(
  texts: Iterable<string> | AsyncIterable<string>,
  tokenizer: Tokenizer,
  what: string,
): Promise<void> {
  const room = tokenizer.contextLength - 2;
  const all = numberStrings();
  let long = 0;
  for await (const text of texts) {
    const before = all.size;
    if (all.numberOf(text) === before && tokenizer.encode(text).length > room) long++;
  }
  if (long > 0)
    announce(
      `${long} of ${all.size} ${what} are longer than ${tokenizer.contextLength} tokens; their ends are cut off`,
    );
}
