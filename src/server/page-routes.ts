import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, sep } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { orUndefined } from '../node/files.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Where `npm run build` puts the page. */
export function builtPage(): string {
  return join(dirname(createRequire(import.meta.url).resolve('clip-tfjs/package.json')), 'dist', 'web');
}

/**
 * Serves the files of the page, which are read once: no request opens a file. Other kinds of files are left out.
 * @param directory of the page; where it is missing, the start page says so
 */
export async function addPageRoutes(app: FastifyInstance, directory: string): Promise<void> {
  const names = (await orUndefined(readdir(directory, { recursive: true }))) ?? [];
  for (const name of names) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const bytes = await readFile(join(directory, name));
    const tag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    const path = `/${name.split(sep).join('/')}`;
    for (const url of path === '/index.html' ? ['/', path] : [path])
      app.get(url, { schema: { hide: true } }, (request, reply) => {
        reply.headers({ 'cache-control': 'no-cache', etag: tag, 'content-type': type });
        return request.headers['if-none-match'] === tag ? reply.code(304).send() : reply.send(bytes);
      });
  }
  if (names.includes('index.html')) return;
  app.get('/', { schema: { hide: true } }, (_request, reply) =>
    reply
      .type('text/plain; charset=utf-8')
      .send('clip-tfjs serves its API here, see /openapi.json. The page is not built: npm run build makes it.\n'),
  );
}
