import { readFile, rm, writeFile } from 'node:fs/promises';
import { orUndefined } from '../files.ts';

/** Beside what has come of a file lies the strong ETag under which it came, for If-Range. The host that has the file gives its own. */
const etagPath = (partial: string) => `${partial}.etag`;

/** @returns undefined where the server gave none that says that bytes are the same */
export async function readEtag(partial: string): Promise<string | undefined> {
  const etag = await orUndefined(readFile(etagPath(partial), 'utf8'));
  return etag !== undefined && /^"[\x21\x23-\x7e]*"$/.test(etag) ? etag : undefined;
}

export async function writeEtag(partial: string, { headers }: Response): Promise<void> {
  const etag = headers.get('etag');
  if (etag === null || etag.startsWith('W/')) return forgetEtag(partial);
  if ((await readEtag(partial)) !== etag) await writeFile(etagPath(partial), etag);
}

export async function forgetEtag(partial: string): Promise<void> {
  await rm(etagPath(partial), { force: true });
}
