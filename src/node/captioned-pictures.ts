import type { FilePair } from './pairs.ts';

/** Pictures and texts, each once, and which belong together. */
export type CaptionedPictures = {
  /** Absolute paths. */
  pictures: string[];
  texts: string[];
  /** For each picture, the indices of its texts. */
  textsOf: number[][];
};

/**
 * Gathers the rows of a source: a picture that several rows name has all their captions, equal captions are one text, and a
 * picture has the texts of every picture of its concept.
 */
export function gatherCaptions(pairs: readonly FilePair[]): CaptionedPictures {
  const pictures = new Map<string, { texts: Set<number>; concepts: Set<string> }>();
  const texts = new Map<string, number>();
  const ofConcept = new Map<string, Set<number>>();
  for (const { image, texts: captions, concept } of pairs) {
    const own = pictures.get(image) ?? { texts: new Set(), concepts: new Set() };
    pictures.set(image, own);
    const shared = concept === undefined ? undefined : (ofConcept.get(concept) ?? new Set());
    if (concept !== undefined && shared) {
      own.concepts.add(concept);
      ofConcept.set(concept, shared);
    }
    for (const caption of captions) {
      const index = texts.get(caption) ?? texts.size;
      texts.set(caption, index);
      own.texts.add(index);
      shared?.add(index);
    }
  }
  const textsOf = [...pictures.values()].map(({ texts: own, concepts }) => {
    for (const concept of concepts) for (const text of ofConcept.get(concept) ?? []) own.add(text);
    return [...own].sort((one, other) => one - other);
  });
  return { pictures: [...pictures.keys()], texts: [...texts.keys()], textsOf };
}

/** Leaves pictures out, e.g. those that cannot be decoded, and the texts that belong to none of the others. */
export function keepPictures(
  { pictures, texts, textsOf }: CaptionedPictures,
  isKept: (path: string) => boolean,
): CaptionedPictures {
  const kept = [...pictures.keys()].filter((index) => isKept(pictures[index] as string));
  const used = [...new Set(kept.flatMap((index) => textsOf[index] as number[]))].sort((one, other) => one - other);
  const place = new Map(used.map((text, at) => [text, at]));
  return {
    pictures: kept.map((index) => pictures[index] as string),
    texts: used.map((text) => texts[text] as string),
    textsOf: kept.map((index) => (textsOf[index] as number[]).map((text) => place.get(text) as number)),
  };
}
