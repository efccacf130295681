import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ImageError, readImage } from '../../src/node.ts';
import { uniformNumbers } from '../../src/random.ts';
import { goldens } from '../golden.ts';

const count = 3000;
const longest = 2000; // milliseconds

/** One to four bytes changed, anywhere behind the signature. */
function mutate(bytes: Uint8Array, uniform: () => number): Uint8Array<ArrayBuffer> {
  const mutant = new Uint8Array(bytes);
  const below = (limit: number) => Math.floor(uniform() * limit);
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const reachable = uniform() < 0.5 ? Math.min(200, mutant.length) : mutant.length; // half of them in the headers
    mutant[8 + below(reachable - 8)] = below(256);
  }
  return mutant;
}

/** Gives every chunk of a PNG the checksum of what it now holds, or damage would never get past the checksums. */
function repairChecksums(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    view.setUint32(end - 4, crc32(bytes.subarray(at + 4, end - 4)));
    at = end;
  }
  return bytes;
}

describe('readImage() on damaged files', function () {
  this.timeout(600_000);
  const kinds: [file: string, repair: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array][] = [
    ['rgba.png', repairChecksums],
    ['palette.png', repairChecksums],
    ['jpeg-420-q85.jpg', (bytes) => bytes],
  ];
  for (const [file, repair] of kinds) {
    it(`reads each of ${count} mutants of ${file} or throws ImageError, in ${longest} ms`, async () => {
      const bytes = await readFile(join(goldens, 'images', file));
      const uniform = uniformNumbers(1);
      let slowest = 0;
      let refused = 0;
      for (let i = 0; i < count; i++) {
        const mutant = repair(mutate(bytes, uniform));
        const begin = performance.now();
        await readImage(mutant).catch((error: unknown) => {
          assert.ok(error instanceof ImageError, `mutant ${i}: ${error instanceof Error ? error.stack : error}`);
          refused++;
        });
        slowest = Math.max(slowest, performance.now() - begin);
      }
      assert.ok(slowest < longest, `one took ${slowest} ms`);
      console.log(`      ${count - refused} read, ${refused} refused, the slowest in ${slowest.toFixed(0)} ms`);
    });
  }
});
