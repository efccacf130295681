import { mostCharacters, mostLabels, mostResults, mostTerms } from './limits.ts';

/** JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

export const text: Schema = { type: 'string', minLength: 1, maxLength: mostCharacters };
export const number: Schema = { type: 'number' };
export const integer: Schema = { type: 'integer' };
const fromZero: Schema = { type: 'integer', minimum: 0 };
export const list = (items: Schema, maxItems?: number): Schema => ({
  type: 'array',
  items,
  ...(maxItems && { maxItems, minItems: 1 }),
});
export const record = (
  properties: Record<string, Schema>,
  required: readonly string[] = Object.keys(properties),
): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

export const id: Schema = { ...fromZero, description: 'The number of a picture; it never means another one.' };
export const k: Schema = {
  type: 'integer',
  minimum: 1,
  maximum: mostResults,
  default: 10,
  description: 'Results at most.',
};
export const minSimilarity: Schema = {
  type: 'number',
  minimum: -1,
  maximum: 1,
  description: 'The least cosine that counts.',
};
export const labels: Schema = { ...list(text, mostLabels), uniqueItems: true };

export const filter: Schema = record(
  {
    path: { ...text, description: 'A part of the path as results have it, or a glob over its end: 2024/*.jpg' },
    after: { ...number, description: 'Changed at this moment or later: milliseconds since 1970.' },
    before: { ...number, description: 'Changed earlier: milliseconds since 1970.' },
    minSize: { ...fromZero, description: 'Bytes, at least.' },
    maxSize: { ...fromZero, description: 'Bytes, at most.' },
    minWidth: { ...fromZero, description: 'Pixels, at least.' },
    minHeight: { ...fromZero, description: 'Pixels, at least.' },
  },
  [],
);

export const term: Schema = {
  ...record({ text, id, weight: { type: 'number', minimum: -1e6, maximum: 1e6, default: 1 } }, []),
  oneOf: [{ required: ['text'] }, { required: ['id'] }],
};

export const terms: Schema = {
  ...list(term, mostTerms),
  description: 'Texts and pictures, each with a weight; added to the query.',
};

export const ranked: Schema = list(record({ label: text, similarity: number, probability: number }));

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

export const results: Schema = record(
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

export const error = { description: 'What went wrong, and the cure.', $ref: 'Error#' };
export const answers = (ok: Schema, description: string): Schema => ({
  200: { description, ...ok },
  '4xx': error,
  '5xx': error,
});
export const file: Schema = { type: 'string', format: 'binary' };
export const binary = (types: readonly string[], description: string): Schema => ({
  200: {
    description,
    content: Object.fromEntries(types.map((type) => [type, { schema: file }])),
  },
  '4xx': error,
  '5xx': error,
});
