import type { Clip } from '../../clip.ts';
import { embedImages, embedTexts } from '../../embed.ts';
import type { PairList } from '../pair-list.ts';
import type { FilePair } from '../pairs.ts';
import { inBatches } from '../workers/in-order.ts';
import type { SampleSource } from '../workers/sample-source.ts';
import { preparePairs } from './prepare-pairs.ts';

/** Pairs with their unit vectors. */
export type EmbeddedFilePairs = { pairs: FilePair[]; images: Float32Array[]; texts: Float32Array[] };

/**
 * Embeds pictures as in evaluation, each with its first caption. One that cannot be read is left out.
 * @param batchSize rows that go through the model at once
 */
export async function embedPairs(
  clip: Clip,
  pairs: PairList,
  source: SampleSource,
  batchSize: number,
  onBad: (pair: FilePair, reason: string) => void,
): Promise<EmbeddedFilePairs> {
  const read: FilePair[] = [];
  const images: Float32Array[] = [];
  const texts: (Float32Array | undefined)[] = [];
  async function* showings() {
    for await (const pair of pairs) yield { pair };
  }
  async function* readable() {
    for await (const { pair, sample } of preparePairs(showings(), source, onBad)) if (sample) yield { pair, sample };
  }
  for await (const batch of inBatches(readable(), batchSize)) {
    const pixels = batch.flatMap(({ sample }) => ('pixels' in sample ? [sample.pixels] : []));
    const rows = await embedImages(clip, pixels, { batchSize });
    for (const { pair, sample } of batch) {
      read.push(pair);
      images.push('imageEmbeds' in sample ? sample.imageEmbeds : (rows.shift() as Float32Array));
      texts.push(sample.textEmbeds);
    }
  }
  const unknown = read.filter((_, row) => texts[row] === undefined).map(({ texts: [first] }) => first as string);
  const rows = await embedTexts(clip, unknown, { batchSize, truncate: true });
  return { pairs: read, images, texts: texts.map((row) => row ?? (rows.shift() as Float32Array)) };
}

/** A number per pair, equal where the concept, the picture or the caption is: these are right answers to each other. */
export function sameAnswers(pairs: readonly FilePair[]): number[] {
  const parent = pairs.map((_, row) => row);
  const root = (row: number): number => {
    let at = row;
    while (parent[at] !== at) at = parent[at] = parent[parent[at] as number] as number; // shortens the way, too
    return at;
  };
  const first = new Map<string, number>();
  for (const [row, { image, texts, concept }] of pairs.entries()) {
    const keys = [`image ${image}`, `text ${texts[0]}`, ...(concept === undefined ? [] : [`concept ${concept}`])];
    for (const key of keys) {
      const other = first.get(key);
      if (other === undefined) first.set(key, row);
      else parent[root(row)] = root(other);
    }
  }
  return parent.map((_, row) => root(row));
}
