import assert from 'node:assert/strict';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createIndex,
  IndexError,
  openIndex,
  openIndexForWriting,
  readIndexParts,
} from '../../../src/node/store/store.ts';
import { makePlace } from './place.ts';
import { faultOf, headerOf, rowsOf } from './rows.ts';

describe('an index that is damaged', () => {
  let directory: string;
  beforeEach(async () => {
    directory = join(await makePlace(), 'store');
    const writer = await createIndex(directory, headerOf(4));
    await writer.append(...rowsOf(['a', 'b', 'c'], 4));
    await writer.append(...rowsOf(['d', 'e'], 4));
    await writer.remove([1]);
    await writer.update([{ ...writer.entries[0]!, path: 'moved' }]);
    await writer.close();
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true }));

  /** Everything that opens it says the same, names the file, the fault and the cure, and leaves no lock. */
  async function refused(message: RegExp): Promise<void> {
    const check = (error: unknown) => {
      assert.ok(error instanceof IndexError, String(error));
      assert.match(error.message, message);
      assert.match(
        error.message,
        /; (restore the store from a backup, or delete it and index the pictures again|update clip-tfjs|check the path)/,
      );
      assert.equal(error.directory, directory);
      return true;
    };
    await assert.rejects(openIndex(directory), check);
    await assert.rejects(readIndexParts(directory).next(), check);
    assert.ok(!(await readdir(directory).catch((): string[] => [])).includes('writer.json'));
  }
  const flip = async (file: string, at: number) => {
    const bytes = await readFile(join(directory, file));
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    await writeFile(join(directory, file), bytes);
  };

  for (const bytes of [0, 1, 100]) {
    it(`is refused where ${bytes} bytes of its manifest are left`, async () => {
      await truncate(join(directory, 'manifest.json'), bytes);
      await refused(/manifest\.json is damaged \(it is (empty|cut short or no JSON)\)/);
      await assert.rejects(openIndexForWriting(directory), IndexError);
    });
  }

  it('is refused where its manifest was changed', async () => {
    const path = join(directory, 'manifest.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"rows": 3', '"rows": 2'));
    await refused(/manifest\.json is damaged \(its checksum is wrong/);
    await writeFile(path, '{"name":"some-package"}');
    await refused(/it is of no index/);
    await writeFile(path, 'null');
    await refused(/it is of no index/);
    await writeFile(path, text.replace('"format": 1', '"format": 2'));
    await refused(/its format is 2, and this version reads format 1; update/);
  });

  it('is refused, whole, where no byte of a manifest may differ', async () => {
    const path = join(directory, 'manifest.json');
    const text = await readFile(path);
    for (let at = 0; at < text.length; at += 7) {
      await writeFile(
        path,
        text.map((byte, i) => (i === at ? byte ^ 4 : byte)),
      );
      const outcome = await openIndex(directory).catch((error) => error);
      // White space is not counted
      if (!(outcome instanceof IndexError))
        assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), JSON.parse(text.toString()));
    }
  });

  it('is refused where it is none', async () => {
    await rm(join(directory, 'manifest.json'));
    await refused(/there is no manifest\.json; check the path, or make an index/);
    await rm(directory, { recursive: true });
    await refused(/there is no manifest\.json/);
    await assert.rejects(openIndexForWriting(directory), IndexError);
  });

  for (const file of ['000001.safetensors', '000001.jsonl', '000003.tombstones.jsonl', '000004.changes.jsonl']) {
    const path = `shards/${file}`;
    it(`is refused where ${file} is gone, cut or changed`, async () => {
      const whole = await readFile(join(directory, path));
      await flip(path, -2);
      await refused(new RegExp(`${path} is damaged \\(its checksum is wrong\\)`));
      await writeFile(join(directory, path), whole.subarray(0, whole.length - 1));
      await refused(new RegExp(`${path} is damaged`));
      await writeFile(join(directory, path), '');
      await refused(new RegExp(`${path} is damaged`));
      await rm(join(directory, path));
      await refused(new RegExp(`${path} is damaged \\(it is not there\\)`));
      await writeFile(join(directory, path), whole);
      assert.equal(faultOf((await openIndex(directory)).index), undefined);
    });
  }

  it('is refused where a shard is another file', async () => {
    await flip('shards/000001.safetensors', 30);
    await refused(/000001\.safetensors is damaged/);
    const other = await readFile(join(directory, 'shards', '000002.safetensors'));
    await writeFile(join(directory, 'shards', '000001.safetensors'), other);
    await refused(/000001\.safetensors is damaged \(expected F32 \[3, 4\] but it has F32 \[2, 4\]\)/);
  });

  it('is not compacted: what is damaged is not given a new checksum', async () => {
    await flip('shards/000001.safetensors', -1);
    const writer = await openIndexForWriting(directory);
    const before = await readdir(join(directory, 'shards'));
    await assert.rejects(writer.compact(), /000001\.safetensors is damaged/);
    assert.deepEqual(await readdir(join(directory, 'shards')), before);
    await writer.close();
  });
});
