import { jsonFields, parseJson } from '../../weights/json.ts';
import { readStart } from './body.ts';
import { type Digest, digestOfEtag } from './digest.ts';
import type { Hub } from './hub.ts';
import { HubError } from './hub-error.ts';
import { checkFileName, isCommit } from './names.ts';
import { request } from './request.ts';

/** A repository at a commit. */
export type Listing = { repository: string; commit: string; names: ReadonlySet<string> };

/** A file as the hub describes it before a byte of it has come. */
export type RemoteFile = { name: string; url: URL; size: number; digest: Digest };

const largestListing = 32 * 2 ** 20;

/**
 * Asks what a revision is now and which files it has.
 * @throws HubError; ModelError on a file name that leads out of the repository
 */
export async function listFiles(
  hub: Hub,
  repository: string,
  revision: string,
  signal?: AbortSignal,
): Promise<Listing> {
  const url = at(hub, `api/models/${repository}/revision/${encodeURIComponent(revision)}`);
  const response = await request(hub, url, { signal });
  const bytes = await readStart(response, hub.patience, largestListing + 1);
  if (bytes.length > largestListing)
    throw new HubError(
      `Cannot list ${repository}: expected at most ${largestListing} bytes of file names but more came`,
    );
  const text = new TextDecoder().decode(bytes);
  const answer = parseJson(url.href, text);
  const commit = answer.value('sha');
  const siblings = answer.value('siblings');
  if (typeof commit !== 'string' || !isCommit(commit)) return answer.fail('sha', 'a commit');
  if (isCommit(revision) && commit !== revision) return answer.fail('sha', `the commit ${revision}`);
  if (!Array.isArray(siblings)) return answer.fail('siblings', 'a list of files');
  const names = new Set<string>();
  for (const sibling of siblings) {
    const name = jsonFields(url.href, sibling).value('rfilename');
    if (typeof name !== 'string') return answer.fail('siblings', 'files with rfilename');
    checkFileName(name);
    names.add(name);
  }
  return { repository, commit, names };
}

/**
 * Asks for a file's size and hash: the ETag of the hub's own answer, which for large files is the SHA-256 of Git LFS.
 * @throws HubError where it gives none that can be checked
 */
export async function describeFile(
  hub: Hub,
  { repository, commit }: Listing,
  name: string,
  signal?: AbortSignal,
): Promise<RemoteFile> {
  const path = name.split('/').map(encodeURIComponent).join('/');
  const url = at(hub, `${repository}/resolve/${commit}/${path}`);
  const { headers, status } = await request(hub, url, { method: 'HEAD', staysOnHub: true, signal });
  const digest = digestOfEtag(headers.get('x-linked-etag') ?? headers.get('etag'));
  const length = headers.get('x-linked-size') ?? (status === 200 ? headers.get('content-length') : null);
  const found = headers.get('x-repo-commit');
  if (found !== null && found !== commit)
    throw new HubError(`Cannot download ${url.href}: expected it at commit ${commit} but the hub has it at ${found}`);
  if (!digest || length === null || !/^\d+$/.test(length))
    throw new HubError(
      `Cannot download ${url.href}: expected the hub to tell size and hash but got size ${length} and ETag ${headers.get('etag')}; what cannot be checked is not taken`,
    );
  return { name, url, size: Number(length), digest };
}

function at({ endpoint }: Hub, path: string): URL {
  return new URL(`${endpoint.href.replace(/\/+$/, '')}/${path}`);
}
