import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Parts } from './parts.ts';
import { openPicture } from './picture-file.ts';
import { routeSchemas } from './route-schemas.ts';

/** A browser asks each time whether it is still the same, which costs nothing on the way. */
const caching = 'private, no-cache';

/** GET /api/thumbnails/:id and /api/pictures/:id: pictures by their number, never by a path. */
export function addPictureRoutes(app: FastifyInstance, { index, thumbnails }: Parts): void {
  app.get<{ Params: { id: number } }>(
    '/api/thumbnails/:id',
    { schema: routeSchemas.thumbnail },
    async ({ params: { id }, headers }, reply) => {
      const entry = await index.entry(id);
      const bytes = await thumbnails.get(entry, (await index.facts()).header.roots);
      const tag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
      reply.headers({ 'cache-control': caching, etag: tag, 'content-type': 'image/jpeg' });
      return headers['if-none-match'] === tag ? reply.code(304).send() : reply.send(Buffer.from(bytes));
    },
  );
  app.get<{ Params: { id: number } }>(
    '/api/pictures/:id',
    { schema: routeSchemas.picture },
    async ({ params: { id }, headers }, reply) => {
      const entry = await index.entry(id);
      const { handle, type, size, modified } = await openPicture(entry, (await index.facts()).header.roots);
      const tag = `"${id}-${size}-${modified}"`;
      reply.headers({ 'cache-control': caching, etag: tag, 'content-type': type });
      if (type === 'image/tiff') reply.header('content-disposition', `attachment; filename="${id}.tiff"`); // no browser shows it
      if (headers['if-none-match'] === tag) {
        await handle.close();
        return reply.code(304).send();
      }
      reply.header('content-length', size);
      return reply.send(handle.createReadStream({ start: 0, end: Math.max(0, size - 1) })); // closes the handle
    },
  );
}
