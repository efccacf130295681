import { cleanText } from '../../tokenizer/clean-text.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { type CaptionFault, captionFaults } from '../../train/caption-faults.ts';
import { sha256 } from '../files.ts';
import type { BadRow, PairSet } from '../pairs.ts';
import { type PictureSource, pictureSource } from './picture-source.ts';

/** The splits, as the command line names them: what is trained on, and what is measured by. */
export type SetName = 'data' | 'val' | 'test';

/** A split: its rows begin at `first` among those of all, and are `pairs`; what cannot be used is not among them. */
export type CheckedSet = { name: SetName; source: string; bad: readonly BadRow[]; first: number; pairs: number };

/** All usable rows of all splits as numbers: about 60 bytes a row, and the texts of paths and captions once each. */
export type Rows = {
  sets: CheckedSet[];
  /** Per row: index of its set, line, index of its picture, indices of its captions, index of its concept or -1. */
  set: number[];
  line: number[];
  picture: number[];
  captions: number[][];
  concept: number[];
  pictures: PictureSource[];
  /** As the model reads them; of long ones the beginning. */
  captionTexts: string[];
  concepts: string[];
};

/** Captions up to here are kept as they are, of longer ones the beginning and a hash. */
const keptCharacters = 96;

/**
 * Reads the rows of the splits, in order, and what is wrong with each caption.
 * @param onFault called with the row, from 0 over all splits, and the caption's index
 */
export async function readRows(
  sets: readonly { name: SetName; pairs: PairSet }[],
  tokenizer: Tokenizer,
  onFault: (row: number, caption: number, fault: CaptionFault) => void,
): Promise<Rows> {
  const rows: Rows = {
    sets: [],
    set: [],
    line: [],
    picture: [],
    captions: [],
    concept: [],
    pictures: [],
    captionTexts: [],
    concepts: [],
  };
  const places = {
    pictures: new Map<string, number>(),
    captions: new Map<string, number>(),
    concepts: new Map<string, number>(),
  };
  for (const [index, { name, pairs }] of sets.entries()) {
    const first = rows.line.length;
    for await (const pair of pairs.pairs) {
      const row = rows.line.length;
      const { line, image, texts, concept } = pair;
      const captions = texts.map((text) => {
        const caption = numberOf(captionKey(text), places.captions, rows.captionTexts, shownCaption);
        for (const fault of captionFaults(text, tokenizer)) onFault(row, caption, fault);
        return caption;
      });
      rows.set.push(index);
      rows.line.push(line);
      rows.picture.push(numberOf(image, places.pictures, rows.pictures, () => pictureSource(pair)));
      rows.captions.push(captions);
      rows.concept.push(concept === undefined ? -1 : numberOf(concept, places.concepts, rows.concepts, (text) => text));
    }
    rows.sets.push({ name, source: pairs.source, bad: pairs.bad, first, pairs: rows.line.length - first });
  }
  return rows;
}

function numberOf<T>(key: string, places: Map<string, number>, list: T[], make: (key: string) => T): number {
  let place = places.get(key);
  if (place === undefined) {
    place = list.length;
    places.set(key, place);
    list.push(make(key));
  }
  return place;
}

const between = '\n'; // cleaned text has none

/** Captions that the model reads as the same have the same key. */
function captionKey(text: string): string {
  const read = cleanText(text);
  if (read.length <= keptCharacters) return read;
  return Buffer.from(`${read.slice(0, keptCharacters)}${between}${sha256(read).slice(0, 32)}`).toString(); // a copy of its own
}

function shownCaption(key: string): string {
  const [kept = '', hash] = key.split(between);
  return hash === undefined ? kept : `${kept}…`;
}
