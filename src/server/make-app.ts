import { basename, isAbsolute } from 'node:path';
import swagger from '@fastify/swagger';
import { type FastifyInstance, fastify } from 'fastify';
import { addErrorReplies, replyToClientError } from './error-replies.ts';
import { addGuard, type Bind } from './guard.ts';
import { addLabelRoutes } from './label-routes.ts';
import { addPageRoutes } from './page-routes.ts';
import type { Parts } from './parts.ts';
import { addPictureRoutes } from './picture-routes.ts';
import { routeSchemas } from './route-schemas.ts';
import { schemaFault } from './schema-fault.ts';
import { sharedSchemas } from './schema-parts.ts';
import { addSearchRoutes } from './search-routes.ts';
import { addUploadRoute } from './upload-route.ts';

export type AppOptions = {
  /** Where it listens; asked with each request. */
  bind: () => Bind;
  /** Folder of the page. */
  page: string;
  onFault: (error: Error) => void;
};

/** A model's published name, or that of its file: where it lies is not sent. */
const shownName = (name: string): string => (isAbsolute(name) ? basename(name) : name);

/** The routes with everything around them; it does not listen yet. */
export async function makeApp(parts: Parts, { bind, page, onFault }: AppOptions): Promise<FastifyInstance> {
  const { limits, version, index, model, gate } = parts;
  const app = fastify({
    bodyLimit: limits.jsonBytes,
    requestTimeout: limits.requestTime,
    connectionTimeout: limits.idleTime,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTime,
      connectionsCheckingInterval: Math.min(1000, limits.headersTime),
    },
    clientErrorHandler: replyToClientError,
    schemaErrorFormatter: schemaFault,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true } }, // what nobody knows is refused, not dropped
  });
  app.server.maxConnections = limits.connections;
  addErrorReplies(app, onFault);
  addGuard(app, bind);
  for (const schema of sharedSchemas) app.addSchema(schema);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'clip-tfjs', description: 'Search pictures by words and pictures.', version },
    },
    refResolver: {
      buildLocalReference: ({ $id }, _base, _fragment, at) => (typeof $id === 'string' ? $id : `def-${at}`),
    },
  });
  await app.register(async (routes) => {
    routes.get('/api/health', { schema: routeSchemas.health }, async () => ({ status: 'ok' }));
    routes.get('/api/stats', { schema: routeSchemas.stats }, async () => {
      const { header, count, failures, captions, version: indexVersion } = await index.facts();
      const { hash, backend, embedDim } = model.facts;
      return {
        pictures: count,
        unreadable: failures,
        captions,
        indexVersion,
        model: { name: shownName(header.model.name), hash, backend, embedDim },
        running: gate.running,
        waiting: gate.waiting,
        version,
      };
    });
    routes.get('/openapi.json', { schema: routeSchemas.openApi }, async () => app.swagger());
    addSearchRoutes(routes, parts);
    addLabelRoutes(routes, parts);
    addPictureRoutes(routes, parts);
    await addPageRoutes(routes, page);
  });
  await app.register((routes) => addUploadRoute(routes, parts));
  return app;
}
