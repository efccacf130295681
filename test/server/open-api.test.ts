import assert from 'node:assert/strict';
import type { FastifyInstance } from 'fastify';
import { defaultLimits } from '../../src/server/limits.ts';
import { makeApp } from '../../src/server/make-app.ts';
import type { Parts } from '../../src/server/parts.ts';
import { routeSchemas } from '../../src/server/route-schemas.ts';

type Operation = {
  summary?: string;
  requestBody?: { content: Record<string, unknown> };
  parameters?: { in: string; name: string }[];
  responses: Record<string, { content?: Record<string, unknown> }>;
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};

describe('the OpenAPI document', () => {
  let app: FastifyInstance;
  let document: Document;
  before(async () => {
    const parts = { limits: defaultLimits, version: '1.2.3' } as Parts; // nothing is asked
    const bind = () => ({ host: '127.0.0.1', port: 0 });
    app = await makeApp(parts, { bind, page: 'no such folder', onFault: () => {} });
    await app.ready();
    document = app.swagger() as unknown as Document;
  });
  after(() => app.close());

  const documented = () =>
    Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace('{id}', ':id')}`),
    );

  it('names the routes of the API: all, and no others', () => {
    const routes: string[] = [];
    const path: string[] = [];
    for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
      const [, indent = '', name = '', methods = ''] = /^([│ ]*)(?:[├└]── )?(\S+)(?: \(([^)]*)\))?$/.exec(line) ?? [];
      path.length = Math.round(indent.length / 4);
      path.push(name);
      for (const method of methods.split(', ').filter((each) => each !== '' && each !== 'HEAD'))
        routes.push(`${method} ${path.join('')}`);
    }
    const api = routes.filter((route) => route.includes('/api/')).sort();
    assert.deepEqual(documented().sort(), api);
    assert.deepEqual(routes.filter((route) => !route.includes('/api/')).sort(), ['GET /', 'GET /openapi.json']);
    assert.equal(api.length, Object.keys(routeSchemas).length - 1, 'each schema has its route');
  });

  it('has references that lead somewhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target = '']) => target);
    assert.ok(references.length > 10);
    for (const target of new Set(references))
      assert.ok(Object.hasOwn(document.components.schemas, target.replace('#/components/schemas/', '')), target);
  });

  it('tells for each route what it is for, what goes in and what comes out', () => {
    assert.equal(document.openapi, '3.1.0');
    for (const [path, operations] of Object.entries(document.paths))
      for (const [method, { summary, requestBody, parameters = [], responses }] of Object.entries(operations)) {
        assert.ok(summary, path);
        assert.equal(requestBody !== undefined, method === 'post', path);
        assert.equal(
          parameters.some(({ in: place }) => place === 'path'),
          path.includes('{id}'),
          path,
        );
        assert.ok(Object.keys(responses['200']?.content ?? {}).length > 0, path);
        for (const status of ['4XX', '5XX'])
          assert.deepEqual(responses[status]?.content, {
            'application/json': { schema: { $ref: '#/components/schemas/Error' } },
          });
      }
    const form = document.paths['/api/search/picture']?.post?.requestBody;
    assert.deepEqual(Object.keys(form?.content ?? {}), ['image/*', 'multipart/form-data']);
  });
});
