import { type Asking, ask, Refused } from './ask.ts';
import { serverFilter } from './filters.ts';
import { keptPicture } from './kept-pictures.ts';
import { refinements } from './refine.ts';
import { mostResults, type State } from './state.ts';

/** A picture of the index, as the server sends it. */
export type Result = {
  id: number;
  similarity: number;
  path: string;
  width: number;
  height: number;
  size: number;
  modified: number;
  caption?: string;
  thumbnail: string;
  picture: string;
};

/** Results, and the milliseconds that they took. */
export type Found = { results: Result[]; took: number };

/** `captions`: each is a row, with its picture. */
export type Stats = { pictures: number; captions: boolean; unreadable: number; model: { name: string } };

export type Group = { similarity: number; sameFile: boolean; results: Result[] };
export type Duplicates = { groups: Group[]; total: number; took: number };

export type Classified = { classified: { id: number; ranked: { label: string; probability: number }[] }[] };

/** The visitor's own picture is no longer in memory: the page was loaded again. */
export class PictureGone extends Error {}

export function fetchStats(asking: Asking): Promise<Stats> {
  return ask('/api/stats', undefined, asking);
}

/** Finds what a state asks for. Pictures that it takes away are not among the results. */
export async function findPictures(state: State, asking: Asking): Promise<Found> {
  const { words, plus, minus, picture } = state;
  const k = Math.min(mostResults, state.count + minus.length);
  const without = ({ results, took }: Found): Found => ({
    results: results.filter(({ id }) => !minus.includes(id)).slice(0, state.count),
    took,
  });
  const filter = serverFilter(state.filters);
  if (picture !== '') return without(await findLike(state, k, asking));
  const [only] = plus;
  if (words === '' && plus.length === 1 && minus.length === 0)
    return ask('/api/similar', { body: { id: only, k, ...(filter && { filter }) } }, asking);
  const terms = refinements(state);
  const body = {
    k,
    ...(words !== '' && { query: words }),
    ...(terms.length > 0 && { terms }),
    ...(filter && { filter }),
  };
  return without(await ask('/api/search', { body }, asking));
}

async function findLike(state: State, k: number, asking: Asking): Promise<Found> {
  const file = keptPicture(state.picture);
  if (!file) throw new PictureGone();
  if (!file.type.startsWith('image/'))
    throw new Refused(
      415,
      `Cannot search by ${file.name}: it is not a picture that this browser knows; take a JPEG or PNG file`,
      'no_picture',
    );
  const terms = refinements(state);
  const filter = serverFilter(state.filters);
  const added = new URLSearchParams({
    k: `${k}`,
    ...(state.words !== '' && { query: state.words }),
    ...(terms.length > 0 && { terms: JSON.stringify(terms) }),
    ...(filter && { filter: JSON.stringify(filter) }),
  });
  return ask(`/api/search/picture?${added}`, { file }, asking);
}

export function findDuplicates(threshold: number, asking: Asking): Promise<Duplicates> {
  return ask(`/api/duplicates?threshold=${threshold}`, undefined, asking);
}

/** For each picture the labels, the best first. */
export function classify(ids: readonly number[], labels: readonly string[], asking: Asking): Promise<Classified> {
  return ask('/api/classify', { body: { ids, labels } }, asking);
}
