import { type ByteReader, byteReader } from '../byte-reader.ts';
import type { BadRow, PairOptions, PairSet } from '../pairs.ts';
import { captionFault } from '../row-pair.ts';
import { holdSamples, type PartKind, partKinds } from './held-samples.ts';
import { listSamples, type Shard, samplePlace } from './sample-list.ts';
import { type Part, pictureIn, shardSamples, textsOf } from './shard-samples.ts';
import { assertTar, tarMembers, windowed } from './tar-members.ts';

/**
 * Looks WebDataset shards over, one after the other. A sample without a picture or a caption, whose key its shard had before, or
 * that the shard's end cuts off is bad, with key and shard as its place. Headers and captions are read, of pictures what lies near them.
 * @throws SyntaxError on a file that is no tar, or a compressed one
 */
export async function readShards(source: string, files: readonly string[], options: PairOptions): Promise<PairSet> {
  const shards: Shard[] = await Promise.all(files.map(async (path) => ({ path, reader: await byteReader(path) })));
  const total = shards.reduce((sum, { reader }) => sum + reader.size, 0);
  const held = holdSamples();
  const bad: BadRow[] = [];
  let before = 0;
  for (const [shard, { path, reader }] of shards.entries()) {
    const lookOver = async () => {
      for await (const { sample, found, end } of samplesOf(path, reader)) {
        const line = held.length + bad.length + 1;
        if (typeof found === 'string') bad.push({ line, place: sample, reason: found });
        else held.add({ shard, line }, found);
        options.onProgress?.(before + end, total);
      }
    };
    await reader.whileOpen(lookOver);
    before += reader.size;
    options.onProgress?.(before, total);
  }
  return { source, pairs: listSamples(held.samples(), shards), bad };
}

/** A sample's place in words, what is needed of it or what is wrong, and the byte as far as which the shard was seen. */
type Seen = { sample: string; found: NeededParts | string; end: number };

async function* samplesOf(path: string, reader: ByteReader): AsyncGenerator<Seen> {
  const read = windowed(reader);
  await assertTar(path, read, reader.size);
  const keys = new Set<string>();
  for await (const sample of shardSamples(tarMembers(read, reader.size))) {
    if ('fault' in sample) {
      yield { sample: `shard ${path}`, found: sample.fault, end: reader.size };
      continue;
    }
    const { key, parts } = sample;
    const found = keys.has(key) ? 'its shard had a sample of this key before' : await partsNeeded(parts, read);
    keys.add(key);
    const end = Math.max(...Array.from(parts.values(), ({ offset, size }) => offset + size));
    yield { sample: samplePlace(path, key), found, end };
  }
}

type NeededParts = (readonly [PartKind, Part])[];

/** The parts that a sample is read from later; or why it cannot be used. */
async function partsNeeded(
  parts: ReadonlyMap<string, Part>,
  read: (offset: number, size: number) => Promise<Buffer>,
): Promise<NeededParts | string> {
  const picture = pictureIn(parts);
  if (!picture) return `it has no picture (.jpg, .png, .jpeg, .webp), only ${[...parts.keys()].join(', ')}`;
  const content = new Map<string, Buffer>();
  const said: NeededParts = [];
  for (const kind of partKinds) {
    const part = parts.get(kind);
    if (!part) continue;
    content.set(kind, Buffer.from(await read(part.offset, part.size)));
    said.push([kind, part]);
  }
  const found = textsOf(content);
  if ('reason' in found) return found.reason;
  return captionFault(found.texts) ?? [['picture', picture], ...said.filter(([kind]) => found.used.has(kind))];
}
