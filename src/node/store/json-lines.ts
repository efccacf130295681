/** A value per line, with a newline after each. */
export function encodeLines(values: readonly unknown[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

/** @throws SyntaxError on a line that is no JSON */
export function decodeLines<T>(bytes: Uint8Array): T[] {
  const lines = new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\n');
  lines.pop(); // after the last newline
  return lines.map((line) => JSON.parse(line) as T);
}
