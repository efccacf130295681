import type { FastifySchema } from 'fastify';
import { mostTexts } from './limits.ts';
import {
  answers,
  binary,
  file,
  filter,
  id,
  integer,
  k,
  labels,
  list,
  minSimilarity,
  number,
  ranked,
  record,
  results,
  terms,
  text,
} from './schema-parts.ts';

const params = record({ id });
/** For the document; nothing that fails, for the body of a form is read by the route, and its decoder says what a picture is. */
const forms = {
  'image/*': { schema: file },
  'multipart/form-data': { schema: { description: 'A form with one file.' } },
};
const pictureTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/tiff'];

export type Operation =
  | 'health'
  | 'stats'
  | 'search'
  | 'searchPicture'
  | 'similar'
  | 'classify'
  | 'embed'
  | 'duplicates'
  | 'thumbnail'
  | 'picture'
  | 'openApi';

/** JSON Schemas by operation: requests are held to them, and /openapi.json is made of them. */
export const routeSchemas: Readonly<Record<Operation, FastifySchema>> = {
  health: {
    summary: 'Whether the server answers',
    response: answers(record({ status: { type: 'string', enum: ['ok'] } }), 'It does.'),
  },
  stats: {
    summary: 'What is served',
    response: answers(
      record({
        pictures: integer,
        unreadable: { ...integer, description: 'Files that could not be indexed.' },
        captions: { type: 'boolean', description: 'Whether captions were indexed: each is a row, with its picture.' },
        indexVersion: integer,
        model: record({
          name: { type: 'string' },
          hash: { type: 'string' },
          backend: { type: 'string' },
          embedDim: integer,
        }),
        running: { ...integer, description: 'Requests that compute.' },
        waiting: { ...integer, description: 'Requests that wait for their turn.' },
        version: { type: 'string' },
      }),
      'The index, the model and the load.',
    ),
  },
  search: {
    summary: 'Find pictures by words, by pictures of the index, or both',
    body: record(
      {
        query: { ...text, description: 'Words; "red car" + "snow" - 0.5 * "night" is arithmetic.' },
        terms,
        k,
        minSimilarity,
        filter,
        labels: { ...labels, description: 'Sorts the results by these.' },
      },
      [],
    ),
    response: answers(results, 'The nearest pictures, the best first.'),
  },
  searchPicture: {
    summary: 'Find pictures like one that is sent',
    description:
      'The body is the file, with its image/* type; or multipart/form-data with one file and the header x-clip-tfjs: 1.',
    body: { content: forms },
    querystring: record(
      {
        query: { ...text, description: 'Words, added to the picture, as in /api/search.' },
        terms: {
          ...text,
          description: 'JSON of the terms of /api/search, added to the picture, which has the weight 1.',
        },
        k,
        minSimilarity,
        filter: { ...text, description: 'JSON of the filter of /api/search.' },
      },
      [],
    ),
    response: answers(results, 'The nearest pictures, the best first.'),
  },
  similar: {
    summary: 'Find pictures like one of the index',
    body: record({ id, k, minSimilarity, filter }, ['id']),
    response: answers(results, 'The nearest pictures but itself, the best first.'),
  },
  classify: {
    summary: 'Say which label fits pictures of the index best',
    body: record({ labels, ids: { ...list(id, 100_000), description: 'All pictures where it is missing.' } }, [
      'labels',
    ]),
    response: answers(
      record({ classified: list(record({ id, ranked })), took: number }),
      'For each picture its labels, the best first.',
    ),
  },
  embed: {
    summary: 'The unit vectors of texts',
    body: record({ texts: list(text, mostTexts) }),
    response: answers(record({ embeddings: list(list(number)), took: number }), 'One vector for each text.'),
  },
  duplicates: {
    summary: 'Groups of pictures that are nearly the same',
    querystring: record(
      {
        threshold: { type: 'number', exclusiveMinimum: 0, maximum: 1, default: 0.95, description: 'The least cosine.' },
        limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100, description: 'Groups at most.' },
      },
      [],
    ),
    response: answers(
      record({
        groups: list(
          record({
            similarity: { ...number, description: 'The lowest cosine with the first of the group.' },
            sameFile: { type: 'boolean', description: 'Whether all have the same bytes.' },
            results: list({ $ref: 'Result#' }),
          }),
        ),
        total: { ...integer, description: 'Groups in all.' },
        took: number,
      }),
      'The largest groups first.',
    ),
  },
  thumbnail: { summary: 'A small JPEG of a picture', params, response: binary(['image/jpeg'], '256 pixels at most.') },
  picture: { summary: "A picture's file", params, response: binary(pictureTypes, 'The file as it is.') },
  openApi: { hide: true },
};
