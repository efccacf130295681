import type { FastifyInstance } from 'fastify';
import type { Filter } from '../search/filter.ts';
import { parseQuery } from '../search/query.ts';
import { QueryError } from '../search/query-error.ts';
import type { SearchOptions } from '../search/search.ts';
import type { Labels, VectorTerm } from './answer-task.ts';
import { type Parts, whileConnected } from './parts.ts';
import { Refusal } from './refusal.ts';
import { countsOf, type Result, toResult } from './results.ts';
import { routeSchemas } from './route-schemas.ts';

/** What a request says of its results. */
export type Wish = { k: number; minSimilarity?: number; filter?: Filter };
export type TermBody = { text?: string; id?: number; weight: number };
type SearchBody = Wish & { query?: string; terms?: TermBody[]; labels?: string[] };

export type SearchAnswer = { results: Result[]; counts?: { label: string; count: number }[]; took: number };

/** POST /api/search and /api/similar. */
export function addSearchRoutes(app: FastifyInstance, parts: Parts): void {
  const { gate } = parts;
  app.post<{ Body: SearchBody }>('/api/search', { schema: routeSchemas.search }, ({ body }, reply) => {
    const terms = [...(body.query === undefined ? [] : termsOf(body.query)), ...(body.terms ?? [])];
    if (terms.length === 0)
      throw new Refusal(400, 'bad_request', 'Cannot search: expected a query or terms but got neither');
    return gate.run(async () => {
      const start = performance.now();
      const labels = body.labels && (await labelsOf(parts, body.labels));
      return answer(parts, start, {
        terms: await vectorsOf(parts, terms),
        options: optionsOf(body),
        ...(labels && { labels }),
      });
    }, whileConnected(reply));
  });
  app.post<{ Body: Wish & { id: number } }>('/api/similar', { schema: routeSchemas.similar }, ({ body }, reply) =>
    gate.run(async () => {
      const { id } = body;
      return answer(parts, performance.now(), { terms: [{ id, weight: 1 }], options: optionsOf(body), without: id });
    }, whileConnected(reply)),
  );
}

export function optionsOf({ k, minSimilarity, filter }: Wish): SearchOptions {
  return { k, ...(minSimilarity !== undefined && { minSimilarity }), ...(filter && { filter }) };
}

/** Searches, and puts what was found in the form that is sent. @param start of the work, by `performance.now()` */
export async function answer(
  { index }: Parts,
  start: number,
  task: Parameters<Parts['index']['search']>[0],
): Promise<SearchAnswer> {
  const found = await index.search(task);
  const { folders } = await index.facts();
  return {
    results: found.map((result) => toResult(result, folders)),
    ...(task.labels && { counts: countsOf(found, task.labels.classifier.classNames) }),
    took: performance.now() - start,
  };
}

/** Labels as directions, by the default template. */
export async function labelsOf({ model }: Parts, labels: readonly string[]): Promise<Labels> {
  return { classifier: await model.buildClassifier(labels), logitScale: model.facts.logitScale };
}

/** @throws Refusal on what cannot be read, and on paths: the server opens no file that a request names */
export function termsOf(query: string): TermBody[] {
  try {
    return parseQuery(query).map(({ kind, value, weight }) => {
      if (kind === 'text') return { text: value, weight };
      throw new Refusal(
        400,
        'bad_query',
        `Cannot search for ${value}: expected words; send the picture to /api/search/picture, name one of the index by its id in terms, or put words that look like a path into quotes`,
      );
    });
  } catch (error) {
    if (error instanceof QueryError) throw new Refusal(400, 'bad_query', error.message);
    throw error;
  }
}

/** Embeds the texts, all at once. */
export async function vectorsOf({ model }: Parts, terms: readonly TermBody[]): Promise<VectorTerm[]> {
  const texts = terms.flatMap(({ text }) => text ?? []);
  const vectors = texts.length === 0 ? [] : await model.embedTexts(texts);
  return terms.map(({ text, id, weight }) =>
    text === undefined ? { id: id as number, weight } : { vector: vectors.shift() as Float32Array, weight },
  );
}
