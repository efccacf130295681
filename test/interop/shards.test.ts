import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pictureOf, readPairs, takePairs } from '../../src/node.ts';
import { runPython } from './python.ts';

describe("shards from Python's tarfile", () => {
  it('are read in each of its formats, with long names and names that are not ASCII', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    const written = JSON.parse(runPython('shards.py', folder));
    for (const format of ['ustar', 'gnu', 'pax']) {
      const path = join(folder, `${format}.tar`);
      const { pairs, bad } = await readPairs(path);
      assert.deepEqual(bad, []);
      const found = [];
      for (const pair of await takePairs(pairs)) {
        const picture = Buffer.from((await pictureOf(pair)) as Uint8Array).toString();
        found.push([pair.image.slice(path.length + 1), picture, ...pair.texts]);
      }
      assert.deepEqual(found, written[format]);
    }
    await rm(folder, { recursive: true });
  });
});
