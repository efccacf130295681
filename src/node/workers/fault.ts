import { ImageError, ModelError } from '../../errors.ts';

/** What is left of an error on its way to another thread. */
export type Fault = { name: string; message: string; code?: string };

export function toFault({ name, message, code }: NodeJS.ErrnoException): Fault {
  return { name, message, ...(code !== undefined && { code }) };
}

/** Errors that somebody tells apart. */
const classes: Readonly<Record<string, new (message: string) => Error>> = { ImageError, ModelError };

/** @returns an ImageError or a ModelError where it was one, else an Error with the code that Node gave it */
export function fromFault({ name, message, code }: Fault): Error {
  const error = new (classes[name] ?? Error)(message);
  return code === undefined ? error : Object.assign(error, { code });
}
