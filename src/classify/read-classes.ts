import { isObject, shown } from '../tokenizer/json-object.ts';
import type { ClassPrompts } from './class-prompts.ts';

/**
 * Reads classes from JSON: an array of names and of objects `{ "name", "synonyms", "descriptions" }`, of which only the name has
 * to be there.
 * @param file what the text is called in messages
 * @throws SyntaxError on anything else, with the place of it
 */
export function readClasses(text: string, file: string): ClassPrompts[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${file}: expected JSON but got ${(cause as Error).message}`, { cause });
  }
  if (!Array.isArray(value))
    throw new SyntaxError(`Cannot read ${file}: expected an array of classes but got ${shown(value)}`);
  return value.map((entry, index) => readClass(entry, `Cannot read ${file}: expected class ${index + 1}`));
}

function readClass(entry: unknown, action: string): ClassPrompts {
  if (typeof entry === 'string') return { name: entry };
  if (!isObject(entry)) throw new SyntaxError(`${action} as a name or an object but got ${shown(entry)}`);
  const { name, synonyms = [], descriptions = [], ...unknown } = entry;
  const [other] = Object.keys(unknown);
  if (other !== undefined)
    throw new SyntaxError(`${action} with name, synonyms and descriptions but got '${other}' in ${shown(entry)}`);
  if (typeof name !== 'string') throw new SyntaxError(`${action} with a text as name but got ${shown(entry)}`);
  return { name, synonyms: texts(synonyms), descriptions: texts(descriptions) };

  function texts(value: unknown): string[] {
    if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value;
    throw new SyntaxError(`${action} with synonyms and descriptions as arrays of texts but got ${shown(value)}`);
  }
}
