import { dot } from '../../embed.ts';
import type { FilePair } from '../pairs.ts';
import { pictureOf } from '../picture-of.ts';
import { matrixHtml, retrievalHtml, type Thumbnail } from '../report.ts';
import { thumbnailOf } from '../thumbnail.ts';
import { type EmbeddedFilePairs, sameAnswers } from './embed-pairs.ts';

const matrixSize = 16;
const queries = 8;
const answers = 6;

/** Cosines of the first pairs' captions with their pictures, as HTML: a pair per answer, so that only the diagonal is right. */
export async function cosineMatrix(rows: EmbeddedFilePairs, exifRotate: boolean): Promise<string> {
  const some = firstOfEach(sameAnswers(rows.pairs)).slice(0, matrixSize);
  const cosines = some.map((text) => some.map((picture) => cosine(rows, text, picture)));
  const pictures = await Promise.all(some.map((row) => thumbnail(rows.pairs[row] as FilePair, exifRotate)));
  const texts = some.map((row) => rows.pairs[row]?.texts[0] ?? '');
  return matrixHtml(texts, pictures, cosines, (text, picture) => text === picture);
}

/** The pictures nearest to the first captions, as HTML. */
export async function retrievals(rows: EmbeddedFilePairs, exifRotate: boolean): Promise<string> {
  const groups = sameAnswers(rows.pairs);
  const found = [];
  for (const text of firstOfEach(groups).slice(0, queries)) {
    const ranked = rows.pairs.map((pair, row) => ({
      pair,
      cosine: cosine(rows, text, row),
      isRight: groups[row] === groups[text],
    }));
    ranked.sort((one, other) => other.cosine - one.cosine);
    const nearest = ranked
      .slice(0, answers)
      .map(async ({ pair, ...rest }) => ({ picture: await thumbnail(pair, exifRotate), ...rest }));
    found.push({ text: rows.pairs[text]?.texts[0] ?? '', pictures: await Promise.all(nearest) });
  }
  return retrievalHtml(found);
}

/** The first row of each group. */
function firstOfEach(groups: readonly number[]): number[] {
  return [...groups.keys()].filter((row) => groups.indexOf(groups[row] as number) === row);
}

function cosine({ images, texts }: EmbeddedFilePairs, text: number, picture: number): number {
  return dot(texts[text] as Float32Array, images[picture] as Float32Array);
}

async function thumbnail(pair: FilePair, exifRotate: boolean): Promise<Thumbnail> {
  return thumbnailOf(await pictureOf(pair), pair.texts[0] ?? pair.image, exifRotate);
}
