import { readFileSync } from 'node:fs';
import { type Schema, Validator } from '@cfworker/json-schema';

const schema: Schema = JSON.parse(readFileSync('docs/audit.schema.json', 'utf8'));

/** What docs/audit.schema.json says against a value, a line each. */
export function schemaFaults(value: unknown): string[] {
  const { errors } = new Validator(schema, '2020-12').validate(value);
  return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}
