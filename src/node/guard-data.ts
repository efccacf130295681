import type { GuardTexts } from '../evaluate/guard.ts';
import { gatherCaptions, keepPictures } from './captioned-pictures.ts';
import { findSource } from './find-source.ts';
import { type BadPlace, type LabelledPictureOptions, readLabelledPictures } from './labelled-pictures.ts';
import { takePairs } from './pair-list.ts';
import { type FilePair, type PairOptions, readPairs } from './pairs.ts';
import { placeLabels } from './place-labels.ts';
import { readHeader } from './table.ts';

/** Pictures that are measured again and again, and what is said of them. */
export type GuardData = {
  source: string;
  /** Each picture once. */
  pairs: readonly FilePair[];
  /** In their order. */
  said: GuardTexts;
  /** Rows that cannot be used. */
  bad: readonly BadPlace[];
};

export type GuardDataOptions = Pick<LabelledPictureOptions, 'labelColumn'> &
  Pick<PairOptions, 'imageColumn' | 'textColumn' | 'conceptColumn'> & {
    /** Sentences with `{}` for the label; the single default by default. */
    templates?: readonly string[];
  };

/**
 * Reads pictures with labels: a folder with a folder per class, or a table that has the column of labels; else pairs, as `readPairs`
 * does. The classes are the labels of the data, in the order of the alphabet.
 * @throws SyntaxError as the two readers do, and on a source that is too small to tell anything; RangeError on a picture with two labels
 */
export async function readGuardData(source: string, options: GuardDataOptions = {}): Promise<GuardData> {
  const { labelColumn = 'label' } = options;
  const { kind } = await findSource(source);
  if (kind === 'classes' || (kind === 'table' && (await readHeader(source)).includes(labelColumn)))
    return readLabels(source, options);
  return readCaptions(source, options);
}

async function readLabels(
  source: string,
  { imageColumn, labelColumn, templates }: GuardDataOptions,
): Promise<GuardData> {
  const columns = { ...(imageColumn && { imageColumn }), ...(labelColumn && { labelColumn }) };
  const { pictures, bad } = await readLabelledPictures(source, columns);
  const classes = [...new Set(pictures.map(({ label }) => label))].sort();
  if (classes.length < 2)
    throw new SyntaxError(
      `Cannot use ${source}: expected two classes or more but it has '${classes[0]}' alone, which is always right`,
    );
  const places = placeLabels(pictures, classes, { action: `Cannot use ${source}` });
  const labels = pictures.map(({ path }) => places.get(path)?.[0] as number);
  const pairs = pictures.map(({ path, label }, index) => ({ line: index + 1, image: path, texts: [label] }));
  return { source, pairs, said: { classes, labels, ...(templates && { templates }) }, bad };
}

async function readCaptions(
  source: string,
  { imageColumn, textColumn, conceptColumn }: GuardDataOptions,
): Promise<GuardData> {
  const set = await readPairs(source, { imageColumn, textColumn, conceptColumn });
  const all = await takePairs(set.pairs);
  const { pictures, texts, textsOf } = gatherCaptions(all);
  if (pictures.length < 2 || texts.length < 2)
    throw new SyntaxError(
      `Cannot use ${source}: expected two pictures and two captions or more but it has ${pictures.length} and ${texts.length} that can be used`,
    );
  const first = new Map(all.toReversed().map((pair) => [pair.image, pair]));
  const bad = set.bad.map(({ line, place = `line ${line}`, reason }) => ({ place, reason }));
  return { source, pairs: pictures.map((path) => first.get(path) as FilePair), said: { texts, textsOf }, bad };
}

/** What is said of the pictures that could be read. */
export function saidOfRead({ pairs, said }: GuardData, isRead: (path: string) => boolean): GuardTexts {
  if ('classes' in said)
    return { ...said, labels: said.labels.filter((_, picture) => isRead(pairs[picture]?.image ?? '')) };
  const { texts, textsOf } = said;
  const pictures = pairs.map(({ image }) => image);
  const kept = keepPictures({ pictures, texts: [...texts], textsOf: textsOf.map((own) => [...own]) }, isRead);
  return { texts: kept.texts, textsOf: kept.textsOf };
}
