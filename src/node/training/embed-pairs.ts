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
  const rows: EmbeddedSample[] = [];
  for await (const row of embedSamples(clip, pairs, source, batchSize, onBad)) rows.push(row);
  const unknown = rows.flatMap(({ pair, text }) => (text ? [] : [pair.texts[0] as string]));
  const embedded = await embedTexts(clip, unknown, { batchSize, truncate: true });
  return {
    pairs: rows.map(({ pair }) => pair),
    images: rows.map(({ image }) => image),
    texts: rows.map(({ text }) => text ?? (embedded.shift() as Float32Array)),
  };
}

/** A pair's picture as a unit vector, and its caption, where that is known. */
type EmbeddedSample = { pair: FilePair; image: Float32Array; text: Float32Array | undefined };

/** The pictures alone. One that cannot be read is left out. */
export async function* embedSamples(
  clip: Clip,
  pairs: PairList,
  source: SampleSource,
  batchSize: number,
  onBad: (pair: FilePair, reason: string) => void,
): AsyncGenerator<EmbeddedSample, void, undefined> {
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
      const image = 'imageEmbeds' in sample ? sample.imageEmbeds : (rows.shift() as Float32Array);
      yield { pair, image, text: sample.textEmbeds };
    }
  }
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
