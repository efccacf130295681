import { DisjointSets } from '../../search/disjoint-sets.ts';
import { joinSimilarRows } from '../../search/similar-rows.ts';

/** Least cosine of two pictures that count as alike. */
const leastCosine = 0.98;

/**
 * For each picture, a number that is equal where the embeddings are alike.
 * @param vectors a unit vector per picture, undefined where it could not be decoded
 */
export function alikePictures(vectors: readonly (Float32Array | undefined)[]): Uint32Array {
  const places = [...vectors.keys()].filter((picture) => vectors[picture] !== undefined);
  const sets = new DisjointSets(places.length);
  const compared = places.map((picture) => vectors[picture] as Float32Array);
  for (const _ of joinSimilarRows(compared, leastCosine, sets)); // its steps are for who must do other work between
  const alike = Uint32Array.from(vectors, (_, picture) => picture);
  for (const [place, picture] of places.entries()) alike[picture] = places[sets.find(place)] as number;
  return alike;
}
