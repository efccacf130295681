import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { jsonFields, parseJson } from '../../weights/json.ts';
import { orUndefined, writeFileAtomically } from '../files.ts';
import { makeInside } from './cache.ts';
import type { Digest } from './digest.ts';
import { checkFileName, isCommit } from './names.ts';

/** A file as it was when it was pulled. */
export type PinnedFile = { name: string; size: number; digest: Digest };

/** What a revision of a repository was when it was pulled; every hash was computed from the bytes that are in the cache. */
export type Pin = {
  repository: string;
  revision: string;
  commit: string;
  /** Sorted by name. */
  files: readonly PinnedFile[];
};

/** Beside `snapshots`, where huggingface_hub does not look and from where it goes with the repository. */
function pinPath(directory: string, revision: string): string {
  return join(directory, 'clip-tfjs', `${encodeURIComponent(revision)}.json`);
}

/** @returns undefined where that revision was not pulled; throws SyntaxError where the record is damaged */
export async function readPin(directory: string, revision: string): Promise<Pin | undefined> {
  const path = pinPath(directory, revision);
  const text = await orUndefined(readFile(path, 'utf8'));
  if (text === undefined) return undefined;
  const root = parseJson(path, text);
  const fail = (key: string): never => root.fail(key, 'what pull writes (remove the file and pull again)');
  const commit = root.value('commit');
  const files = root.value('files');
  if (typeof commit !== 'string' || !isCommit(commit)) return fail('commit');
  if (!Array.isArray(files)) return fail('files');
  return {
    repository: String(root.value('repository')),
    revision,
    commit,
    files: files.map((entry, index) => readFileEntry(`${path}, file ${index}`, entry)),
  };
}

function readFileEntry(where: string, entry: unknown): PinnedFile {
  const fields = jsonFields(where, entry);
  const name = fields.value('name');
  const [sha256, blob] = [fields.value('sha256'), fields.value('gitBlob')];
  const hex = sha256 ?? blob;
  if (typeof name !== 'string') return fields.fail('name', 'a string');
  if (typeof hex !== 'string') return fields.fail('sha256', 'a string');
  checkFileName(name);
  return {
    name,
    size: fields.number('size'),
    digest: { algorithm: sha256 === undefined ? 'git-sha1' : 'sha256', hex },
  };
}

export async function writePin(directory: string, pin: Pin): Promise<void> {
  const files = pin.files.map(({ name, size, digest: { algorithm, hex } }) => ({
    ...{ name, size },
    [algorithm === 'sha256' ? 'sha256' : 'gitBlob']: hex,
  }));
  const path = pinPath(directory, pin.revision);
  const text = `${JSON.stringify({ ...pin, files }, null, 2)}\n`;
  if ((await orUndefined(readFile(path, 'utf8'))) === text) return;
  await makeInside(directory, dirname(path));
  await writeFileAtomically(path, text);
}
