// Python matches these without regard to case, by which the long s is an s.
const contraction = "'[sſ]|'t|'re|'ve|'m|'ll|'d";

/** What no token reaches beyond: a contraction, a run of letters, a single digit, a run of anything else but spaces. */
const word = `${contraction}|\\p{L}+|\\p{N}|[^ \\p{L}\\p{N}]+`;

/**
 * Makes the function that cuts cleaned text (whose only white space is the space) into words, as OpenAI's pattern does.
 * @param specialTokens each of them is a word of its own wherever it stands
 */
export function wordSplitter(specialTokens: readonly string[] = []): (text: string) => string[] {
  const special = specialTokens.map((token) => token.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/s/g, '[sſ]'));
  const pattern = new RegExp([...special, word].join('|'), 'gu');
  return (text) => text.match(pattern) ?? [];
}
