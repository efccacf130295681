import { type Filters, filterNames, noFilters, readFilters } from './filters.ts';

/** Parts of the page that can be looked at. */
export type View = 'pictures' | 'labels' | 'duplicates';

/** What the page shows. All of it is in the address, so that links, reloading and the back button work. */
export type State = {
  view: View;
  /** The query in words. */
  words: string;
  /** Ids of pictures that the search adds, and takes away. */
  plus: readonly number[];
  minus: readonly number[];
  /** Name of the visitor's own picture: see kept-pictures.ts. */
  picture: string;
  /** Which pictures count. */
  filters: Filters;
  /** Results at most. */
  count: number;
  /** As typed, with commas. */
  labels: string;
  /** The least cosine of near duplicates. */
  threshold: number;
  /** Id of the picture that is shown large; -1 where none is. */
  opened: number;
};

/** As many results as come at first, and with each "more"; and what the server gives at most. */
export const pageSize = 60;
export const mostResults = 1000;

export const startState: State = {
  view: 'pictures',
  words: '',
  plus: [],
  minus: [],
  picture: '',
  filters: noFilters,
  count: pageSize,
  labels: '',
  threshold: 0.95,
  opened: -1,
};

/** @param search the address from its question mark on; what cannot be read in it is left out */
export function readState(search: string): State {
  const read = new URLSearchParams(search);
  const view = read.get('view');
  return {
    view: view === 'labels' || view === 'duplicates' ? view : 'pictures',
    words: read.get('q') ?? '',
    plus: idsOf(read.get('plus')),
    minus: idsOf(read.get('minus')),
    picture: read.get('picture') ?? '',
    filters: readFilters(read),
    count: Math.min(mostResults, numberOf(read.get('n'), pageSize, 1)),
    labels: read.get('labels') ?? '',
    threshold: Math.min(1, numberOf(read.get('least'), startState.threshold, 0.01)),
    opened: numberOf(read.get('show'), -1, 0),
  };
}

/** @returns the address of a state: a path with a query; only what differs from the start is in it */
export function addressOf(state: State): string {
  const parts: Record<string, [value: string | number, start: string | number]> = {
    q: [state.words, ''],
    plus: [state.plus.join(), ''],
    minus: [state.minus.join(), ''],
    picture: [state.picture, ''],
    view: [state.view, startState.view],
    labels: [state.labels, ''],
    least: [state.threshold, startState.threshold],
    n: [state.count, pageSize],
    show: [state.opened, -1],
  };
  for (const [filter, name] of Object.entries(filterNames)) parts[name] = [state.filters[filter as keyof Filters], ''];
  const written = new URLSearchParams();
  for (const [name, [value, start]] of Object.entries(parts)) if (value !== start) written.set(name, `${value}`);
  return written.size === 0 ? '/' : `/?${written}`;
}

/** Whether there is anything to search for. */
export function hasQuery({ words, plus, minus, picture }: State): boolean {
  return words !== '' || plus.length > 0 || minus.length > 0 || picture !== '';
}

function idsOf(text: string | null): number[] {
  const ids = (text ?? '').split(',').filter((id) => /^\d{1,15}$/.test(id));
  return [...new Set(ids.map(Number))];
}

function numberOf(text: string | null, otherwise: number, least: number): number {
  const value = Number(text ?? Number.NaN);
  return value >= least ? value : otherwise;
}
