import { DisjointSets } from '../../search/disjoint-sets.ts';
import { joinNearHashes } from '../../search/near-hashes.ts';
import { coloursPerPicture, marks, type Pictures } from './pictures.ts';

/** Bits of 128 that differ at most. */
const mostBits = 6;
/** Levels of 255 by which a colour of a cell of 9 x 9 differs at most. */
const mostLevels = 20;

/**
 * For each picture, a number that is equal where pictures are nearly the same; the lowest of its group. Those that cannot be decoded, or
 * are one colour, are like no other.
 */
export function nearPictures({
  sameAs,
  unreadable,
  marked,
  hashes,
  colours,
}: Omit<Pictures, 'width' | 'height'>): Uint32Array {
  const places = Uint32Array.from(
    sameAs.filter(
      (first, picture) =>
        first === picture && !unreadable.has(picture) && !((marked[picture] as number) & marks.oneColour),
    ),
  );
  const compared = new Uint32Array(4 * places.length);
  for (const [place, picture] of places.entries())
    compared.set(hashes.subarray(4 * picture, 4 * picture + 4), 4 * place);
  const sets = new DisjointSets(places.length);
  const haveSameColours = (place: number, other: number) => {
    let one = (places[place] as number) * coloursPerPicture;
    let two = (places[other] as number) * coloursPerPicture;
    for (const end = one + coloursPerPicture; one < end; one++, two++)
      if (Math.abs((colours[one] as number) - (colours[two] as number)) > mostLevels) return false;
    return true;
  };
  joinNearHashes(compared, mostBits, haveSameColours, sets);
  const near = Uint32Array.from(sameAs);
  for (const [place, picture] of places.entries()) near[picture] = places[sets.find(place)] as number;
  for (const [picture, first] of sameAs.entries()) near[picture] = near[first] as number;
  return near;
}
