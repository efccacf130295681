import type { FastifyInstance } from 'fastify';
import { type Parts, whileConnected } from './parts.ts';
import { toResult } from './results.ts';
import { routeSchemas } from './route-schemas.ts';
import { labelsOf } from './search-routes.ts';

/** POST /api/classify and /api/embed, GET /api/duplicates. */
export function addLabelRoutes(app: FastifyInstance, parts: Parts): void {
  const { gate, index, model } = parts;
  app.post<{ Body: { labels: string[]; ids?: number[] } }>(
    '/api/classify',
    { schema: routeSchemas.classify },
    ({ body: { labels, ids } }, reply) =>
      gate.run(async () => {
        const start = performance.now();
        const task = { labels: await labelsOf(parts, labels), ...(ids && { ids }) };
        return { classified: await index.classify(task), took: performance.now() - start };
      }, whileConnected(reply)),
  );
  app.post<{ Body: { texts: string[] } }>('/api/embed', { schema: routeSchemas.embed }, ({ body: { texts } }, reply) =>
    gate.run(async () => {
      const start = performance.now();
      const rows = await model.embedTexts(texts);
      return { embeddings: rows.map((row) => Array.from(row)), took: performance.now() - start };
    }, whileConnected(reply)),
  );
  app.get<{ Querystring: { threshold: number; limit: number } }>(
    '/api/duplicates',
    { schema: routeSchemas.duplicates },
    ({ query: { threshold, limit } }, reply) =>
      gate.run(async () => {
        const start = performance.now();
        const groups = await index.duplicates(threshold);
        const { folders } = await index.facts();
        const shown = groups.slice(0, limit).map(({ entries, similarities, similarity, isSameFile }) => ({
          similarity,
          sameFile: isSameFile,
          results: entries.map((entry, at) => toResult({ entry, similarity: similarities[at] as number }, folders)),
        }));
        return { groups: shown, total: groups.length, took: performance.now() - start };
      }, whileConnected(reply)),
  );
}
