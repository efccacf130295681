import { type Found, findPictures } from './api.ts';
import type { Asking } from './ask.ts';
import type { State } from './state.ts';

/** Late searches, so that going back, and from view to view, is immediate. */
const searches = new Map<string, Found>();

const mostSearches = 20;

/** As `findPictures`; what was found a moment ago is not asked for again. */
export async function findOnce(state: State, asking: Asking): Promise<Found> {
  const { words, plus, minus, picture, filters, count } = state;
  const key = JSON.stringify([words, plus, minus, picture, filters, count]);
  const found = searches.get(key) ?? (await findPictures(state, asking));
  searches.delete(key);
  searches.set(key, found);
  const [oldest] = searches.keys();
  if (oldest !== undefined && searches.size > mostSearches) searches.delete(oldest);
  return found;
}

/** The next search is a new one. */
export function forgetSearches(): void {
  searches.clear();
}
