/** A JSON object of a config file, with typed access; whatever is not as expected throws a SyntaxError that names file and field. */
export type JsonFields = {
  keys: string[];
  /** The bare value; undefined where absent or null. */
  value: (key: string) => unknown;
  /** A positive integer. */
  count: (key: string, fallback?: number) => number;
  /** The same, or undefined where absent. */
  optionalCount: (key: string) => number | undefined;
  number: (key: string, fallback?: number) => number;
  boolean: (key: string, fallback: boolean) => boolean;
  oneOf: <T extends string>(key: string, allowed: readonly T[], fallback?: T) => T;
  /** Three numbers: a value per colour channel. */
  channels: (key: string, fallback: Channels) => Channels;
  /** The nested object; undefined where absent. */
  object: (key: string) => JsonFields | undefined;
  /** The same fields with those of `other` laid over them. */
  overlaid: (other: JsonFields | undefined) => JsonFields;
  fail: (key: string, expected: string) => never;
};

type Channels = readonly [number, number, number];

/** @throws SyntaxError where the text is not a JSON object */
export function parseJson(file: string, text: string): JsonFields {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read ${file}: it is not JSON (${(error as Error).message})`);
  }
  return jsonFields(file, values);
}

/** @param where what to name in messages: a file, or a file and the object in it */
export function jsonFields(where: string, values: unknown): JsonFields {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new SyntaxError(`Cannot read ${where}: expected a JSON object but got ${JSON.stringify(values)}`);
  }
  const fields = values as Readonly<Record<string, unknown>>;

  function fail(key: string, expected: string): never {
    const got = JSON.stringify(fields[key]);
    throw new SyntaxError(`Cannot read ${where}: expected ${key} to be ${expected} but got ${got}`);
  }

  function value(key: string): unknown {
    return fields[key] ?? undefined;
  }

  /** The value or its fallback, if it is what was expected. */
  function checked<T>(key: string, fallback: T | undefined, expected: string, fits: (found: unknown) => boolean): T {
    const found = value(key) ?? fallback;
    return fits(found) ? (found as T) : fail(key, expected);
  }

  const isNumber = (found: unknown) => typeof found === 'number';
  const count = (key: string, fallback?: number) =>
    checked(key, fallback, 'a positive integer', (found) => Number.isSafeInteger(found) && (found as number) > 0);

  return {
    keys: Object.keys(fields),
    value,
    count,
    optionalCount: (key) => (value(key) === undefined ? undefined : count(key)),
    number: (key, fallback) => checked(key, fallback, 'a number', isNumber),
    boolean: (key, fallback) => checked(key, fallback, 'true or false', (found) => typeof found === 'boolean'),
    oneOf: <T extends string>(key: string, allowed: readonly T[], fallback?: T) => {
      const names = allowed.map((name) => `'${name}'`).join(' or ');
      return checked(key, fallback, names, (found) => allowed.includes(found as T));
    },
    channels: (key, fallback) =>
      checked(
        key,
        fallback,
        'three numbers',
        (found) => Array.isArray(found) && found.length === 3 && found.every(isNumber),
      ),
    object: (key) => (value(key) === undefined ? undefined : jsonFields(`${where}, ${key}`, value(key))),
    overlaid: (other) => {
      const over = other ? Object.fromEntries(other.keys.map((key) => [key, other.value(key)])) : {};
      return jsonFields(where, { ...fields, ...over });
    },
    fail,
  };
}
