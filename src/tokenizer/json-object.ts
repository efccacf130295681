/** A JSON object whose members are not checked yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** Parses the content of `file`; throws a SyntaxError that names the file when it is not one JSON object. */
export function parseObject(content: string, file: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${file}: expected JSON but got ${(cause as Error).message}`, { cause });
  }
  if (isObject(value)) return value;
  throw new SyntaxError(`Cannot read ${file}: expected a JSON object but got ${shown(value)}`);
}

/** The object in member `key`; throws a SyntaxError that names `file` when it is anything else. */
export function objectAt(parent: JsonObject, key: string, file: string): JsonObject {
  const value = parent[key];
  if (isObject(value)) return value;
  throw new SyntaxError(`Cannot read ${file}: expected an object as ${key} but got ${shown(value)}`);
}

/** The array in member `key`; throws a SyntaxError that names `file` when it is anything else. */
export function arrayAt(parent: JsonObject, key: string, file: string): readonly unknown[] {
  const value = parent[key];
  if (Array.isArray(value)) return value;
  throw new SyntaxError(`Cannot read ${file}: expected an array as ${key} but got ${shown(value)}`);
}

/** Whether a value is an object that is neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value for a message, as JSON, at most 80 characters of it. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
