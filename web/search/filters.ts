import { dateText } from './format.ts';

/** Which pictures count, as typed into the fields; an empty one lets all count. */
export type Filters = {
  /** A part of the path, or a pattern: `2024/*.jpg`. */
  path: string;
  /** Days on which the file was changed, the first and the last: `2024-07-31`. */
  from: string;
  until: string;
  /** Size of the file in kB. */
  least: string;
  most: string;
};

export const noFilters: Filters = { path: '', from: '', until: '', least: '', most: '' };

/** Names in the address of the page. */
export const filterNames: Readonly<Record<keyof Filters, string>> = {
  path: 'path',
  from: 'from',
  until: 'until',
  least: 'min',
  most: 'max',
};

/** @param read the address; what cannot be a day or a size is left out */
export function readFilters(read: URLSearchParams): Filters {
  const text = (name: keyof Filters) => read.get(filterNames[name]) ?? '';
  const day = (name: 'from' | 'until') => (startOf(text(name)) === undefined ? '' : text(name));
  const size = (name: 'least' | 'most') => (/^\d{1,9}(\.\d{1,3})?$/.test(text(name)) ? text(name) : '');
  return { path: text('path'), from: day('from'), until: day('until'), least: size('least'), most: size('most') };
}

/** As the server takes it; undefined where all pictures count. Days begin at midnight where the visitor is. */
export function serverFilter({ path, from, until, least, most }: Filters): object | undefined {
  const filter = {
    ...(path !== '' && { path }),
    ...(from !== '' && { after: startOf(from) }),
    ...(until !== '' && { before: startOf(until, 1) }),
    ...(least !== '' && { minSize: Math.round(1000 * Number(least)) }),
    ...(most !== '' && { maxSize: Math.round(1000 * Number(most)) }),
  };
  return Object.keys(filter).length === 0 ? undefined : filter;
}

/** In a few words each. */
export function describeFilters({ path, from, until, least, most }: Filters): string[] {
  const day = (text: string) => dateText(startOf(text) ?? 0);
  return [
    ...(path === '' ? [] : [path]),
    ...(from === '' ? [] : [`from ${day(from)}`]),
    ...(until === '' ? [] : [`until ${day(until)}`]),
    ...(least === '' ? [] : [`${least} kB or more`]),
    ...(most === '' ? [] : [`${most} kB or less`]),
  ];
}

/** Why nothing can fit: two bounds are the wrong way round. Empty where they are not. */
export function filterFault({ from, until, least, most }: Filters): string {
  if (from !== '' && until !== '' && from > until) return 'This day is before the first one';
  return least !== '' && most !== '' && Number(least) > Number(most) ? 'This size is below the least one' : '';
}

/** @returns milliseconds since 1970 at which a day begins, or so many days later; undefined where it is none */
function startOf(day: string, later = 0): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  const start = new Date(Number(year), Number(month) - 1, Number(date) + later).getTime();
  const isDay = later > 0 || new Date(start).getMonth() === Number(month) - 1;
  return Number.isNaN(start) || !isDay ? undefined : start;
}
