import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Filter } from '../search/filter.ts';
import { type Parts, whileConnected } from './parts.ts';
import { busy, Refusal } from './refusal.ts';
import { routeSchemas } from './route-schemas.ts';
import { filter as filterSchema, type Schema, terms as termsSchema } from './schema-parts.ts';
import { answer, optionsOf, type TermBody, termsOf, vectorsOf, type Wish } from './search-routes.ts';

type Query = { k: number; minSimilarity?: number; query?: string; terms?: string; filter?: string };

/** What a form may have around the file. */
const formBytes = 16 * 1024;

/** POST /api/search/picture: the file itself, or a form with it. */
export async function addUploadRoute(app: FastifyInstance, parts: Parts): Promise<void> {
  const { gate, limits, decoder, model } = parts;
  const { pictureBytes, uploads: most } = limits;
  await app.register(multipart, {
    limits: { fileSize: pictureBytes, files: 2, fields: 4, parts: 5, fieldSize: 1000, headerPairs: 20 },
  });
  app.addContentTypeParser(/^image\//, { parseAs: 'buffer', bodyLimit: pictureBytes }, (_request, body, done) =>
    done(null, body),
  );
  let uploads = 0;
  app.addHook('onRequest', async ({ headers }, reply) => {
    if (Number(headers['content-length'] ?? 0) > pictureBytes + formBytes) throw tooLarge(pictureBytes);
    if (uploads >= most) throw busy(`${uploads} pictures are being received`);
    uploads++;
    reply.raw.once('close', () => uploads--);
  });
  const route = { schema: routeSchemas.searchPicture, bodyLimit: pictureBytes };
  app.post<{ Querystring: Query }>('/api/search/picture', route, async (request, reply) => {
    const added = addedTerms(request);
    const options = optionsOf(wishOf(request));
    const bytes = await bytesOf(request, pictureBytes);
    return gate.run(async () => {
      const start = performance.now();
      const pixels = await decoder.preprocess(bytes, model.facts.preprocess);
      const vector = await model.embedPicture(pixels);
      const terms = [{ vector, weight: 1 }, ...(await vectorsOf(parts, added))];
      return answer(parts, start, { terms, options });
    }, whileConnected(reply));
  });
}

/** What the address adds to the picture. */
function addedTerms(request: FastifyRequest<{ Querystring: Query }>): TermBody[] {
  const { query, terms } = request.query;
  return [
    ...(query === undefined ? [] : termsOf(query)),
    ...(terms === undefined ? [] : parsed<TermBody[]>(request, 'terms', terms, termsSchema)),
  ];
}

function wishOf(request: FastifyRequest<{ Querystring: Query }>): Wish {
  const { filter, ...others } = request.query;
  return {
    ...others,
    ...(filter !== undefined && { filter: parsed<Filter>(request, 'filter', filter, filterSchema) }),
  };
}

function parsed<T>(request: FastifyRequest, name: string, json: string, schema: Schema): T {
  try {
    const value = JSON.parse(json);
    if (request.validateInput(value, schema)) return value;
  } catch {} // what is no JSON is refused as what does not fit the schema
  throw new Refusal(400, 'bad_request', `Cannot search: expected ${name} as /api/search has it, as JSON`);
}

/** With it the connection ends: nobody waits for the rest. */
function tooLarge(most: number): Refusal {
  const message = `Cannot search: expected a picture of ${most} bytes at most; make it smaller`;
  return new Refusal(413, 'too_large', message, { connection: 'close' });
}

async function bytesOf(request: FastifyRequest, most: number): Promise<Uint8Array> {
  if (!request.isMultipart()) {
    if (request.body instanceof Uint8Array && request.body.length > 0) return request.body;
    throw new Refusal(415, 'unsupported_type', 'Cannot search: expected a picture, with its image/* type, as the body');
  }
  try {
    let bytes: Uint8Array | undefined;
    for await (const part of request.parts()) {
      if (part.type === 'field' || bytes !== undefined)
        throw new Refusal(
          400,
          'bad_multipart',
          `Cannot search: expected a form with one file alone but it has '${part.fieldname}' too; k, query and the others go into the address`,
        );
      const { file } = part;
      const cutOff = new Promise<never>((_resolve, reject) => file.once('limit', () => reject(tooLarge(most))));
      bytes = await Promise.race([part.toBuffer(), cutOff]);
    }
    if (bytes) return bytes;
    throw new Refusal(400, 'bad_multipart', 'Cannot search: expected a form with one file but it has none');
  } catch (error) {
    if (error instanceof Refusal || ((error as { statusCode?: number }).statusCode ?? 500) < 500) throw error;
    throw new Refusal(400, 'bad_multipart', `Cannot read the form: ${(error as Error).message}`);
  }
}
