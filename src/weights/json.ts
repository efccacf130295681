/** A JSON object of a config file, with typed access; whatever is not as expected throws and names the file and the field. */
export class JsonFields {
  readonly #where: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /** @param where what to name in messages: a file, or a file and the object in it */
  constructor(where: string, values: unknown) {
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw new SyntaxError(`Cannot read ${where}: expected a JSON object but got ${JSON.stringify(values)}`);
    }
    this.#where = where;
    this.#values = values as Record<string, unknown>;
  }

  /** @throws SyntaxError where the text is not JSON */
  static parse(file: string, text: string): JsonFields {
    let values: unknown;
    try {
      values = JSON.parse(text);
    } catch (error) {
      throw new SyntaxError(`Cannot read ${file}: it is not JSON (${(error as Error).message})`);
    }
    return new JsonFields(file, values);
  }

  get keys(): string[] {
    return Object.keys(this.#values);
  }

  /** The bare value; undefined where absent or null. */
  value(key: string): unknown {
    return this.#values[key] ?? undefined;
  }

  /** A positive integer. */
  count(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    return Number.isSafeInteger(value) && (value as number) > 0
      ? (value as number)
      : this.fail(key, 'a positive integer');
  }

  /** The same, or undefined where absent. */
  optionalCount(key: string): number | undefined {
    return this.value(key) === undefined ? undefined : this.count(key);
  }

  number(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    return typeof value === 'number' ? value : this.fail(key, 'a number');
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.value(key) ?? fallback;
    return typeof value === 'boolean' ? value : this.fail(key, 'true or false');
  }

  oneOf<T extends string>(key: string, allowed: readonly T[], fallback?: T): T {
    const value = this.value(key) ?? fallback;
    return allowed.includes(value as T)
      ? (value as T)
      : this.fail(key, allowed.map((name) => `'${name}'`).join(' or '));
  }

  /** Three numbers: a value per colour channel. */
  channels(key: string, fallback: readonly [number, number, number]): readonly [number, number, number] {
    const value = this.value(key) ?? fallback;
    const fits = Array.isArray(value) && value.length === 3 && value.every((number) => typeof number === 'number');
    return fits ? (value as [number, number, number]) : this.fail(key, 'three numbers');
  }

  /** The nested object; undefined where absent. */
  object(key: string): JsonFields | undefined {
    const value = this.value(key);
    return value === undefined ? undefined : new JsonFields(`${this.#where}, ${key}`, value);
  }

  /** The same fields with those of `other` laid over them. */
  overlaid(other: JsonFields | undefined): JsonFields {
    return other ? new JsonFields(this.#where, { ...this.#values, ...other.#values }) : this;
  }

  fail(key: string, expected: string): never {
    throw new SyntaxError(
      `Cannot read ${this.#where}: expected ${key} to be ${expected} but got ${JSON.stringify(this.#values[key])}`,
    );
  }
}
