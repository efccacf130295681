import { resolve } from 'node:path';
import type { ByteReader } from '../byte-reader.ts';
import type { PairList } from '../pair-list.ts';
import type { FilePair } from '../pairs.ts';
import { withWords } from '../row-pair.ts';
import type { HeldSample, HeldSamples, PartKind } from './held-samples.ts';
import { type SampleTexts, textsOf } from './shard-samples.ts';

/** A shard: its path, and what reads it. */
export type Shard = { path: string; reader: ByteReader };

/** Samples that are read together where all are read in turn. */
const together = 256;

/** Samples that were looked over, as pairs: captions are read from the shard each time, of the picture it is said where it lies. */
export function listSamples(samples: HeldSamples, shards: readonly Shard[]): PairList {
  const read = async (index: number): Promise<FilePair> => {
    const { shard, line, name, parts } = samples.at(index);
    const { path, reader } = shards[shard] as Shard;
    const file = resolve(path);
    const content = new Map<PartKind, Buffer>();
    await Promise.all(
      parts.map(async ({ kind, offset, size }) => {
        if (kind !== 'picture') content.set(kind, await reader.read(offset, size));
      }),
    );
    const { texts, concept } = textsOf(content) as SampleTexts; // it was none with a fault
    const { offset, size } = parts.find(({ kind }) => kind === 'picture') as HeldSample['parts'][number];
    return {
      ...{ line, place: samplePlace(path, name), image: `${file}/${name}`, texts: withWords(texts), concept },
      bytes: { file, offset, size },
    };
  };
  return {
    length: samples.length,
    read,
    async *[Symbol.asyncIterator]() {
      for (let begin = 0; begin < samples.length; begin += together) {
        const count = Math.min(together, samples.length - begin);
        yield* await Promise.all(Array.from({ length: count }, (_, at) => read(begin + at)));
      }
    },
  };
}

/** Where a sample stands, in words. @param name of one of its files */
export function samplePlace(path: string, name: string): string {
  return `${name} of ${path}`;
}
