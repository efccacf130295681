import { mostCharacters, mostLabels, mostResults, mostTerms, mostTexts } from './limits.ts';

/** JSON Schemas of what is sent and answered: requests are held to them, and /openapi.json is made of them. */
type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string', minLength: 1, maxLength: mostCharacters };
const number: Schema = { type: 'number' };
const integer: Schema = { type: 'integer' };
const fromZero: Schema = { type: 'integer', minimum: 0 };
const list = (items: Schema, maxItems?: number): Schema => ({
  type: 'array',
  items,
  ...(maxItems && { maxItems, minItems: 1 }),
});
const record = (properties: Record<string, Schema>, required: readonly string[] = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const id: Schema = { ...fromZero, description: 'The number of a picture; it never means another one.' };
const k: Schema = { type: 'integer', minimum: 1, maximum: mostResults, default: 10, description: 'Results at most.' };
const minSimilarity: Schema = { type: 'number', minimum: -1, maximum: 1, description: 'The least cosine that counts.' };
const labels: Schema = { ...list(text, mostLabels), uniqueItems: true };

const filter = record(
  {
    path: { ...text, description: 'A part of the path, or a glob over its end: 2024/*.jpg' },
    after: { ...number, description: 'Changed at this moment or later: milliseconds since 1970.' },
    before: { ...number, description: 'Changed earlier: milliseconds since 1970.' },
    minSize: { ...fromZero, description: 'Bytes, at least.' },
    maxSize: { ...fromZero, description: 'Bytes, at most.' },
    minWidth: { ...fromZero, description: 'Pixels, at least.' },
    minHeight: { ...fromZero, description: 'Pixels, at least.' },
  },
  [],
);

const term: Schema = {
  ...record({ text, id, weight: { type: 'number', minimum: -1e6, maximum: 1e6, default: 1 } }, []),
  oneOf: [{ required: ['text'] }, { required: ['id'] }],
};

export const terms: Schema = {
  ...list(term, mostTerms),
  description: 'Texts and pictures, each with a weight; added to the query.',
};

const ranked = list(record({ label: text, similarity: number, probability: number }));

/** Parts of answers that several routes share, by name. */
export const sharedSchemas: readonly Schema[] = [
  {
    $id: 'Result',
    ...record(
      {
        id,
        similarity: { ...number, description: 'Cosine with the query, -1 to 1.' },
        path: { type: 'string', description: 'In the folder that was indexed.' },
        width: integer,
        height: integer,
        size: { ...integer, description: 'Bytes.' },
        modified: { ...number, description: 'Milliseconds since 1970.' },
        caption: { type: 'string' },
        thumbnail: { type: 'string', description: 'Where a small JPEG of it is.' },
        picture: { type: 'string', description: 'Where its file is.' },
        facets: { ...ranked, description: 'The labels of the request, the best first.' },
      },
      ['id', 'similarity', 'path', 'width', 'height', 'size', 'modified', 'thumbnail', 'picture'],
    ),
  },
  {
    $id: 'Error',
    ...record({ error: record({ code: { type: 'string' }, message: { type: 'string' } }) }),
  },
];

const results = record(
  {
    results: list({ $ref: 'Result#' }),
    counts: {
      ...list(record({ label: text, count: integer })),
      description: 'How many results have each label as their best.',
    },
    took: { ...number, description: 'Milliseconds.' },
  },
  ['results', 'took'],
);

const error = { description: 'What went wrong, and the cure.', $ref: 'Error#' };
const answers = (ok: Schema, description: string): Schema => ({
  200: { description, ...ok },
  '4xx': error,
  '5xx': error,
});
const file: Schema = { type: 'string', format: 'binary' };
const binary = (types: readonly string[], description: string): Schema => ({
  200: {
    description,
    content: Object.fromEntries(types.map((type) => [type, { schema: file }])),
  },
  '4xx': error,
  '5xx': error,
});

const params = record({ id });
/** For the document; nothing that fails, for the body of a form is read by the route, and its decoder says what a picture is. */
const forms = {
  'image/*': { schema: file },
  'multipart/form-data': { schema: { description: 'A form with one file.' } },
};
const pictureTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/tiff'];

/** By operation. */
export const routeSchemas = {
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
} as const;
