import { createReadStream } from 'node:fs';

/** A line without its end, and the bytes at which it stands. */
export type ByteLine = { line: number; offset: number; bytes: Buffer };

const [lineFeed, carriageReturn] = [10, 13];

/** The lines of a file, numbered from 1; they end with a line feed, a carriage return or both. An empty last one is none. */
export async function* byteLines(path: string): AsyncGenerator<ByteLine> {
  let rest: Buffer = Buffer.alloc(0);
  let [line, offset] = [0, 0];
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 18 }) as AsyncIterable<Buffer>) {
    const buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let begin = 0;
    for (let at = endOfLine(buffer, Math.max(0, rest.length - 1)); at >= 0; at = endOfLine(buffer, begin)) {
      if (buffer[at] === carriageReturn && at + 1 === buffer.length) break; // its line feed may be in the next chunk
      yield { line: ++line, offset: offset + begin, bytes: buffer.subarray(begin, at) };
      begin = at + (buffer[at] === carriageReturn && buffer[at + 1] === lineFeed ? 2 : 1);
    }
    offset += begin;
    rest = buffer.subarray(begin);
  }
  const last = rest.at(-1) === carriageReturn ? rest.subarray(0, -1) : rest;
  if (rest.length > 0) yield { line: ++line, offset, bytes: last };
}

function endOfLine(buffer: Buffer, from: number): number {
  const feed = buffer.indexOf(lineFeed, from);
  const before = feed < 0 ? buffer : buffer.subarray(0, feed);
  const turn = before.indexOf(carriageReturn, from);
  return turn < 0 ? feed : turn;
}
