import { byteReader } from '../byte-reader.ts';
import type { BadRow, PairOptions, PairSet } from '../pairs.ts';
import { captionFault } from '../row-pair.ts';
import { holdSamples, type PartKind, partKinds } from './held-samples.ts';
import { listSamples, type Shard, samplePlace } from './sample-list.ts';
import { type Part, pictureIn, shardSamples, textsOf } from './shard-samples.ts';
import { assertTar, tarMembers, windowed } from './tar-members.ts';

/**
 * Looks WebDataset shards over, one after the other. A sample without a picture or a caption, whose key its shard had before, or
 * that the shard's end cuts off is bad, with key and shard as its place. Headers and captions are read, pictures are not.
 * @throws SyntaxError on a file that is no tar, or a compressed one
 */
export async function readShards(source: string, files: readonly string[], options: PairOptions): Promise<PairSet> {
  const shards: Shard[] = await Promise.all(files.map(async (path) => ({ path, reader: await byteReader(path) })));
  const total = shards.reduce((sum, { reader }) => sum + reader.size, 0);
  const held = holdSamples();
  const bad: BadRow[] = [];
  let [line, before] = [0, 0];
  for (const [shard, { path, reader }] of shards.entries()) {
    const read = windowed(reader);
    await assertTar(path, read, reader.size);
    const keys = new Set<string>();
    for await (const sample of shardSamples(tarMembers(read, reader.size))) {
      line++;
      if ('fault' in sample) {
        bad.push({ line, place: `shard ${path}`, reason: sample.fault });
        continue;
      }
      const { key, parts } = sample;
      const found = keys.has(key) ? 'its shard had a sample of this key before' : await partsNeeded(parts, read);
      keys.add(key);
      if (typeof found === 'string') bad.push({ line, place: samplePlace(path, key), reason: found });
      else held.add({ shard, line }, found);
      options.onProgress?.(before + Math.max(...Array.from(parts.values(), ({ offset }) => offset)), total);
    }
    before += reader.size;
    options.onProgress?.(before, total);
  }
  return { source, pairs: listSamples(held.samples(), shards), bad };
}

/** The parts that a sample is read from later; or why it cannot be used. */
async function partsNeeded(
  parts: ReadonlyMap<string, Part>,
  read: (offset: number, size: number) => Promise<Buffer>,
): Promise<(readonly [PartKind, Part])[] | string> {
  const picture = pictureIn(parts);
  if (!picture) return `it has no picture (.jpg, .png, .jpeg, .webp), only ${[...parts.keys()].join(', ')}`;
  const content = new Map<string, Buffer>();
  const said: (readonly [PartKind, Part])[] = [];
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
