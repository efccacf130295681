import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openaiPreprocess } from '../../../src/config.ts';
import { pairList, takePairs } from '../../../src/node/pair-list.ts';
import { type FilePair, readPairs } from '../../../src/node/pairs.ts';
import { type BatchOrder, type FileBatch, fileBatches, stepsPerEpoch } from '../../../src/node/training/batches.ts';
import { openSampleSource } from '../../../src/node/workers/sample-source.ts';
import { createTokenizer, openaiVocabulary, type Tokenizer } from '../../../src/node.ts';
import { writeShapeTable } from './shapes.ts';

describe('fileBatches()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  let pairs: FilePair[];
  let tokenizer: Tokenizer;
  before(async () => {
    pairs = await takePairs((await readPairs(writeShapeTable(folder))).pairs);
    tokenizer = createTokenizer(await openaiVocabulary(), 10);
  });

  const settings = {
    preprocess: openaiPreprocess(16),
    augmentation: { affine: { rotate: 20 }, colour: { brightness: 0.2 } },
    exifRotate: false,
  };
  const order = { batchSize: 5, seed: 3, firstStep: 0, endStep: 10 };

  async function collect(
    some: readonly FilePair[],
    changes: Partial<BatchOrder> = {},
    threads = 0,
    onBad: (pair: FilePair, reason: string) => void = assert.fail,
  ): Promise<FileBatch[]> {
    const chosen = { ...order, ...changes };
    const source = openSampleSource(threads, chosen.batchSize, settings, tokenizer);
    const batches: FileBatch[] = [];
    try {
      for await (const batch of fileBatches(pairList(some), source, chosen, onBad)) batches.push(batch);
    } finally {
      await source.close();
    }
    return batches;
  }

  it('shows each pair once an epoch at most, in another order each, and drops what makes no batch', async () => {
    assert.equal(stepsPerEpoch(24, 5), 4);
    const batches = await collect(pairs);
    assert.equal(batches.length, 10);
    const shown = (from: number) =>
      batches.slice(from, from + 4).flatMap((batch) => batch.pairs.map(({ line }) => line));
    assert.equal(new Set(shown(0)).size, 20);
    assert.equal(new Set(shown(4)).size, 20);
    assert.notDeepEqual(shown(0), shown(4));
    assert.deepEqual(
      batches.map((batch) => ('pixels' in batch ? batch.pixels.length : 0)),
      Array(10).fill(5 * 16 * 16 * 3),
    );
  });

  it('is the same in threads, and from any step on', async () => {
    const here = await collect(pairs);
    assert.deepEqual(await collect(pairs, {}, 2), here);
    assert.deepEqual(await collect(pairs, { firstStep: 6 }, 1), here.slice(6));
    assert.notDeepEqual((await collect(pairs, { seed: 4 }))[0], here[0]);
  });

  it('draws among captions, each time anew', async () => {
    const several = pairs.map((pair) => ({ ...pair, texts: ['one', 'two words', 'three words here'] }));
    const lengths = (await collect(several, { batchSize: 1 })).map(
      (batch) => ('ids' in batch ? batch.ids.length : 0) / batch.pairs.length,
    );
    assert.deepEqual([...new Set(lengths)].sort(), [3, 4, 5]);
  });

  it('leaves out pictures that cannot be read', async () => {
    const broken = join(folder, 'broken.png');
    writeFileSync(broken, 'no picture');
    const some = [...pairs.slice(0, 4), { line: 99, image: broken, texts: ['x'] }];
    const reasons: string[] = [];
    const batches = await collect(some, { endStep: 2 }, 0, ({ line }, reason) => reasons.push(`${line}: ${reason}`));
    assert.deepEqual(
      batches.map((batch) => batch.pairs.length),
      [4, 4],
    );
    assert.match(reasons[0] ?? '', /^99: Cannot/);
    const none = some.slice(4);
    await assert.rejects(
      collect(none, { batchSize: 1, endStep: 1 }, 0, () => {}),
      /none of the 1 pictures/,
    );
  });

  it('counts pairs that repeat, but not within a concept, and numbers concepts', async () => {
    const [first, second, third] = pairs as [FilePair, FilePair, FilePair];
    const repeated = async (...some: FilePair[]) => {
      const [batch] = await collect(some, { batchSize: some.length, endStep: 1 });
      return { repeated: batch?.repeated, concepts: new Set(batch?.concepts as number[] | undefined).size };
    };
    assert.deepEqual(await repeated(first, second, third), { repeated: 0, concepts: 0 });
    assert.deepEqual(await repeated(first, second, first), { repeated: 1, concepts: 0 });
    assert.deepEqual(await repeated(first, { ...second, texts: first.texts }), { repeated: 1, concepts: 0 });
    const concept = 'shape';
    const [again, other] = [first, second].map((pair) => ({ ...pair, place: `line ${pair.line} of pairs.csv` }));
    assert.deepEqual(await repeated(again!, other!, again!), { repeated: 0, concepts: 2 }); // one pair, shown twice
    assert.deepEqual(await repeated(again!, other!, third), { repeated: 0, concepts: 0 });
    assert.deepEqual(await repeated({ ...first, concept }, { ...first, concept }, second), {
      repeated: 0,
      concepts: 2,
    });
  });
});
