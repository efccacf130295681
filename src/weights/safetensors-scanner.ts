import { SafetensorsError } from './safetensors-error.ts';

/** One `"name": { dtype, shape, data_offsets }` of a header. Numbers beyond 2^53 - 1 are kept exact, as bigint. */
export type ScannedTensor = {
  name: string;
  dtype: string;
  shape: readonly (number | bigint)[];
  offsets: readonly [number | bigint, number | bigint];
};

export type ScannedHeader = { metadata: Map<string, string>; tensors: ScannedTensor[]; unknownKeys: string[] };

/** As deep as the reference's parser follows values that nobody reads. */
const deepest = 126;

/**
 * Reads the JSON of a header. JSON.parse will not do: it keeps the last of duplicate keys without a word, takes 2e0
 * and 1.0 for integers, and rounds numbers beyond 2^53.
 * @throws SafetensorsError
 */
export function scanHeader(json: string): ScannedHeader {
  let at = 0;

  function fail(expected: string): never {
    const found = at < json.length ? `'${json.slice(at, at + 12)}'` : 'the end';
    throw new SafetensorsError(
      'InvalidHeaderDeserialization',
      `Cannot read header: expected ${expected} at character ${at} but got ${found}`,
    );
  }

  function skipSpace(): void {
    while (at < json.length && ' \t\n\r'.includes(json[at] as string)) at++;
  }

  /** Steps over a mark if it comes next. */
  function takes(mark: string): boolean {
    skipSpace();
    if (json[at] !== mark) return false;
    at++;
    return true;
  }

  function expect(mark: string): void {
    if (!takes(mark)) fail(`'${mark}'`);
  }

  function string(): string {
    skipSpace();
    const [literal] = match(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y) ?? fail('a string');
    const text = JSON.parse(literal) as string;
    if (/\p{Surrogate}/u.test(text)) fail('a string of whole characters, no lone surrogates,');
    return text;
  }

  function integer(): number | bigint {
    skipSpace();
    const [digits] = match(/(?:0|[1-9][0-9]*)(?![0-9.eE])/y) ?? fail('a whole number');
    const small = Number(digits);
    if (Number.isSafeInteger(small)) return small;
    if (digits.length > 20 || BigInt(digits) >= 2n ** 64n) fail('a number below 2^64, not the one before this,');
    return BigInt(digits);
  }

  function match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at;
    const found = pattern.exec(json);
    if (found) at += found[0].length;
    return found;
  }

  /** Calls `member` with each key; it reads the value. */
  function object(member: (key: string) => void): void {
    expect('{');
    if (takes('}')) return;
    do {
      const key = string();
      expect(':');
      member(key);
    } while (takes(','));
    expect('}');
  }

  function array<T>(item: () => T): T[] {
    const items: T[] = [];
    expect('[');
    if (takes(']')) return items;
    do items.push(item());
    while (takes(','));
    expect(']');
    return items;
  }

  function skipValue(depth: number): void {
    if (depth > deepest) fail('a value less deep');
    skipSpace();
    if (json[at] === '{') object(() => skipValue(depth + 1));
    else if (json[at] === '[') array(() => skipValue(depth + 1));
    else if (json[at] === '"') string();
    else match(/(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/y) ?? fail('a value');
  }

  function metadata(): Map<string, string> {
    skipSpace();
    if (match(/null/y))
      throw new SafetensorsError(
        'NullMetadata',
        'Cannot read header: expected __metadata__ to be an object but got null',
      );
    const entries = new Map<string, string>();
    object((key) => {
      const value = string();
      if (entries.has(key)) {
        throw new SafetensorsError(
          'DuplicateMetadataKey',
          `Cannot read header: metadata key '${key}' stands there twice`,
        );
      }
      entries.set(key, value);
    });
    return entries;
  }

  function tensor(name: string, unknownKeys: string[]): ScannedTensor {
    const fields: { dtype?: string; shape?: (number | bigint)[]; data_offsets?: (number | bigint)[] } = {};
    object((key) => {
      if (key !== 'dtype' && key !== 'shape' && key !== 'data_offsets') {
        unknownKeys.push(key);
        skipValue(2);
        return;
      }
      if (fields[key] !== undefined) fail(`'${key}' once in '${name}', not twice,`);
      if (key === 'dtype') fields.dtype = string();
      else fields[key] = array(integer);
    });
    const { dtype, shape, data_offsets: offsets } = fields;
    if (dtype === undefined || shape === undefined || offsets === undefined)
      fail(`dtype, shape and data_offsets before this, in '${name}',`);
    const [begin, end] = offsets;
    if (begin === undefined || end === undefined || offsets.length !== 2)
      fail(`two data_offsets before this, in '${name}',`);
    return { name, dtype, shape, offsets: [begin, end] };
  }

  const header: ScannedHeader = { metadata: new Map(), tensors: [], unknownKeys: [] };
  const names = new Set<string>();
  object((name) => {
    const isMetadata = name === '__metadata__';
    if (names.has(name)) {
      if (isMetadata) fail('__metadata__ once, not twice,');
      throw new SafetensorsError('DuplicateTensorName', `Cannot read header: tensor '${name}' stands there twice`);
    }
    names.add(name);
    if (isMetadata) header.metadata = metadata();
    else header.tensors.push(tensor(name, header.unknownKeys));
  });
  skipSpace();
  if (at < json.length) fail('nothing after the closing brace');
  return header;
}
