import { ImageError } from '../../errors.ts';

/** What is left of an error on its way to another thread. */
export type Fault = { name: string; message: string; code?: string };

export function toFault({ name, message, code }: NodeJS.ErrnoException): Fault {
  return { name, message, ...(code !== undefined && { code }) };
}

/** @returns an ImageError where it was one, else an Error with the code that Node gave it */
export function fromFault({ name, message, code }: Fault): Error {
  const error = name === 'ImageError' ? new ImageError(message) : new Error(message);
  return code === undefined ? error : Object.assign(error, { code });
}
