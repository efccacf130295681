import { QueryError } from './query-error.ts';

/** A part of a query: a text, or the path of a picture, and how much it counts (below 0: it is taken away). */
export type Term = { kind: 'text' | 'image'; value: string; weight: number };

const pictureName = /\.(png|jpe?g|webp|avif|gif|tiff?)$/i;
const folderStart = /^(\.{1,2})?\/./;

/**
 * Reads a query such as `"red car" + photo.jpg - 0.5 * "night"`:
 *
 *     query   = [sign] term { sign term }
 *     sign    = "+" | "-"                    at the start of a word; within one it is a part of it: t-shirt, c++
 *     term    = [number "*"] operand         the number is above 0: 2 * dog, 0.5*"night"
 *     operand = '"' text '"'                 a text; \" and \\ stand for " and \
 *             | "@" picture                  a picture: @car or @"my car.jpg"
 *             | word { word }                up to the next sign. One text; but a picture where it is one word that ends in
 *                                            the extension of one or starts with /, ./ or ../; not beside others
 *
 * So words without quotes are one text; what has signs, and is not meant as arithmetic, goes into quotes. Typographic quotes
 * (“ ”) do as well.
 * @throws QueryError with the place of the fault
 */
export function parseQuery(query: string): Term[] {
  const terms: Term[] = [];
  let place = afterBlanks(query, 0);
  if (place === query.length) throw new QueryError(query, place, 'expected a text or a picture but it is empty');
  while (place < query.length) {
    const sign = query[place] === '+' || query[place] === '-' ? query[place] : undefined;
    if (!sign && terms.length > 0)
      throw new QueryError(
        query,
        place,
        'expected + or - between two parts; put one there, or all that is one text into one pair of quotes',
      );
    const start = sign ? afterBlanks(query, place + 1) : place;
    const { factor, end } = readFactor(query, start);
    const operand = readOperand(query, end);
    terms.push({ kind: operand.kind, value: operand.value, weight: sign === '-' ? -factor : factor });
    place = afterBlanks(query, operand.end);
  }
  return terms;
}

type Operand = Pick<Term, 'kind' | 'value'> & { end: number };

/** @returns the number before a `*`, else 1, and where the operand starts */
function readFactor(query: string, start: number): { factor: number; end: number } {
  const pattern = /(\d+(?:\.\d*)?|\.\d+)\s*\*/y;
  pattern.lastIndex = start;
  const match = pattern.exec(query);
  if (!match) return { factor: 1, end: start };
  const factor = Number(match[1]);
  if (factor > 0 && factor <= 1e6) return { factor, end: afterBlanks(query, pattern.lastIndex) };
  throw new QueryError(
    query,
    start,
    `expected a weight above 0, at most 1000000, but got ${match[1]}; put text that has a * into quotes`,
  );
}

function readOperand(query: string, start: number): Operand {
  const first = query[start];
  if (first === undefined || first === '+' || first === '-')
    throw new QueryError(
      query,
      start,
      'expected a text or a picture here; put text that starts with + or - into quotes',
    );
  if (isQuote(first)) {
    const { text: value, end } = readQuoted(query, start);
    return { kind: 'text', value, end };
  }
  if (first !== '@') return readWords(query, start);
  if (isQuote(query[start + 1])) {
    const { text: value, end } = readQuoted(query, start + 1);
    return { kind: 'image', value, end };
  }
  const { word: value, end } = readWord(query, start + 1);
  if (value) return { kind: 'image', value, end };
  throw new QueryError(query, start + 1, 'expected the path of a picture after @; put text that has an @ into quotes');
}

function readQuoted(query: string, start: number): { text: string; end: number } {
  let text = '';
  for (let place = start + 1; place < query.length; place++) {
    const character = query[place] as string;
    if (isQuote(character)) {
      if (text.trim()) return { text: text.trim(), end: place + 1 };
      throw new QueryError(query, start, 'expected something between the quotes');
    }
    const next = query[place + 1];
    if (character === '\\' && (isQuote(next) || next === '\\')) {
      text += next;
      place++;
    } else text += character;
  }
  throw new QueryError(query, start, 'this quote is never closed; add a " behind the text');
}

/** Words up to the next sign, quote or end. */
function readWords(query: string, start: number): Operand {
  const words: string[] = [];
  let end = start;
  for (let place = start; place < query.length && !isBoundary(query[place]); place = afterBlanks(query, end)) {
    const read = readWord(query, place);
    if (words.length > 0 && isPicture(read.word)) throw missingSign(query, place, read.word);
    words.push(read.word);
    end = read.end;
    if (isPicture(read.word)) {
      const next = afterBlanks(query, end);
      if (next < query.length && !isBoundary(query[next])) throw missingSign(query, next, read.word);
    }
  }
  return { kind: isPicture(words[0] as string) ? 'image' : 'text', value: words.join(' '), end };
}

function missingSign(query: string, place: number, picture: string): QueryError {
  return new QueryError(
    query,
    place,
    `expected + or - between the picture ${picture} and the words; put one there, or quotes round text, or @" " round a path with blanks`,
  );
}

function readWord(query: string, start: number): { word: string; end: number } {
  const length = query.slice(start).search(/\s/);
  const end = length < 0 ? query.length : start + length;
  return { word: query.slice(start, end), end };
}

function isPicture(word: string): boolean {
  return pictureName.test(word) || folderStart.test(word);
}

/** Whether a character at the start of a word ends a run of words. */
function isBoundary(character: string | undefined): boolean {
  return character === '+' || character === '-' || character === '@' || isQuote(character);
}

function isQuote(character: string | undefined): boolean {
  return character === '"' || character === '“' || character === '”';
}

function afterBlanks(query: string, start: number): number {
  let place = start;
  while (place < query.length && /\s/.test(query[place] as string)) place++;
  return place;
}
