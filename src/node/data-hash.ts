import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * What was evaluated, as SHA-256 in hex: every picture's bytes with what is said of it, in their order. The same data in another
 * folder have the same hash.
 * @param rows pictures with their labels or captions
 */
export async function dataHash(rows: Iterable<{ path: string; texts: readonly string[] }>): Promise<string> {
  const whole = createHash('sha256');
  for (const { path, texts } of rows) {
    const picture = createHash('sha256');
    await pipeline(createReadStream(path), picture);
    whole.update(picture.digest('hex')).update(JSON.stringify(texts));
  }
  return whole.digest('hex');
}
