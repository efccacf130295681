import type { State } from './state.ts';

/** Sides of a search: pictures like this one, or unlike it. */
export type Side = 'plus' | 'minus';

/** Puts a picture on a side of the search, off the other one; where it is there already, takes it away again. */
export function refined({ plus, minus }: State, id: number, side: Side): Partial<State> {
  const without = (ids: readonly number[]) => ids.filter((other) => other !== id);
  const toggled = (ids: readonly number[]) => (ids.includes(id) ? without(ids) : [...ids, id]);
  return side === 'plus'
    ? { plus: toggled(plus), minus: without(minus) }
    : { plus: without(plus), minus: toggled(minus) };
}

/** A part of a query, as the server takes it. */
export type Term = { text: string; weight?: number } | { id: number; weight: number };

/**
 * How much pictures that are added count, all together, and those that are taken away; the words and the visitor's picture count 1.
 * Rocchio's relevance feedback: the query plus the mean of the good ones minus the mean of the bad ones (Manning, Raghavan and
 * Schuetze, Introduction to Information Retrieval, 2008, section 9.1.1).
 */
const weights = { plus: 0.75, minus: 0.5 } as const;

/** Terms for the pictures on both sides. */
export function refinements({ plus, minus }: State): Term[] {
  return [
    ...plus.map((id) => ({ id, weight: weights.plus / plus.length })),
    ...minus.map((id) => ({ id, weight: -weights.minus / minus.length })),
  ];
}
