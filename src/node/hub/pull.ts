import { announce } from '../../announce.ts';
import { ModelError } from '../../errors.ts';
import { bytesNeeded, wasmHeap } from '../../weights/check-memory.ts';
import type { ByteSource } from '../../weights/safetensors.ts';
import { availableMemory } from '../available-memory.ts';
import { fileSource } from '../files.ts';
import type { Report } from '../native/report.ts';
import { byteSize } from './byte-size.ts';
import { repositoryDirectory, sizeOf, snapshotPath, writeRef } from './cache.ts';
import { findPublished, namesInShort, type Published } from './catalogue.ts';
import { fetchFile, type Pulling } from './fetch-file.ts';
import { type Hub, openHub } from './hub.ts';
import { HubError } from './hub-error.ts';
import { describeFile, type Listing, listFiles, type RemoteFile } from './listing.ts';
import { checkRevision } from './names.ts';
import { findNeeded, type NeededFiles } from './needed-files.ts';
import { type Pin, type PinnedFile, readPin, writePin } from './pin.ts';
import { pullOffline } from './pull-offline.ts';
import type { Pulled, PullOptions } from './pulled.ts';
import { remoteSource } from './remote-source.ts';
import { assertSpace } from './space.ts';

/** Files other than weights are small; one that is not is none of a model's. */
const largestConfig = 64 * 2 ** 20;

/**
 * Brings a published model into huggingface_hub's cache, whole and checked against the hub's hashes, and pins its revision. Weights are
 * fetched only after their header has shown that they are a CLIP.
 * @param name OpenAI's (`ViT-B/32`), open_clip's (`ViT-B-32/openai`) or `hf-hub:org/name`
 * @throws ModelError on an unknown name, or files that are no CLIP; HubError where the hub does not give them
 */
export async function pullModel(name: string, options: PullOptions = {}, given?: Hub): Promise<Pulled> {
  const found = findPublished(name);
  if (!found) throw new ModelError(`Cannot pull '${name}': expected one of ${namesInShort()}`);
  const published = { ...found, ...(options.revision !== undefined && { revision: options.revision }) };
  checkRevision(published.revision);
  const hub = given ?? (await openHub());
  const { verify = false, signal, report = silent } = options;
  if (options.offline || hub.isOffline) return pullOffline(hub, published, name, verify, report);
  try {
    return await pullOnline(hub, { ...published, name }, verify, report, signal);
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, hub);
  }
}

const silent: Report = { step: () => {}, bytes: () => {} };

async function pullOnline(
  hub: Hub,
  published: Published,
  verify: boolean,
  report: Report,
  signal: AbortSignal | undefined,
): Promise<Pulled> {
  const { name, repository, revision } = published;
  const directory = repositoryDirectory(hub.cache, repository);
  const listing = await listFiles(hub, repository, revision, signal);
  const { commit } = listing;
  report.step(`${name}: ${repository} at ${commit}`);
  const pin = await readPin(directory, revision);
  if (pin && pin.commit !== commit) report.step(`${revision} was ${pin.commit} when it was last pulled`);
  const pulling: Pulling = { hub, directory, commit, pin, verify, report, signal };
  const fetched = new Map<string, { file: RemoteFile; received: number }>();
  const fetch = async (file: RemoteFile) => {
    const { path, received } = await fetchFile(pulling, file);
    fetched.set(file.name, { file, received: received + (fetched.get(file.name)?.received ?? 0) });
    return path;
  };

  const weights = new Map<string, RemoteFile>();
  const needed = await examine(pulling, published, listing, weights, fetch);
  warnOfMemory(name, needed);
  await assertSpace(hub, directory, weights.values()); // of all shards together
  for (const file of needed.names)
    if (!fetched.has(file)) await fetch(weights.get(file) ?? (await describeFile(hub, listing, file, signal)));

  const files = [...fetched.values()].map(
    ({ file }): PinnedFile => ({ name: file.name, size: file.size, digest: file.digest }),
  );
  files.sort((one, other) => (one.name < other.name ? -1 : 1));
  await record(directory, { repository, revision, commit, files });
  const received = [...fetched.values()].reduce((sum, file) => sum + file.received, 0);
  return { name, repository, revision, commit, directory: snapshotPath(directory, commit), files, received };
}

/** Opens the model: configs are fetched, of weights only the headers. Fills `weights` with what they are made of. */
async function examine(
  { hub, signal, report, directory, commit, pin, verify }: Pulling,
  published: Published,
  listing: Listing,
  weights: Map<string, RemoteFile>,
  fetch: (file: RemoteFile) => Promise<string>,
): Promise<NeededFiles> {
  const { names } = listing;
  if (![...names].some((name) => name.endsWith('.safetensors')))
    throw new ModelError(
      `Cannot pull ${published.name}: ${published.repository} has no safetensors, only ${[...names].filter((name) => /\.(bin|pt|pth|h5|msgpack)$/.test(name)).join(', ') || 'other files'}; weights/README.md says how to turn a .pt into one`,
    );
  const open = async (name: string): Promise<ByteSource> => {
    const file = await describeFile(hub, listing, name, signal);
    if (name.endsWith('.safetensors')) {
      checkKnown(published, file);
      weights.set(name, file);
      const path = snapshotPath(directory, commit, name);
      const isKnown = pin?.files.some(({ digest }) => digest.hex === file.digest.hex) && !verify;
      if (isKnown && (await sizeOf(path)) === file.size) return fileSource(path);
      report.step(`reading the header of ${name}`);
      return remoteSource(hub, file, signal);
    }
    if (file.size > largestConfig)
      throw new ModelError(
        `Cannot pull ${published.name}: expected at most ${byteSize(largestConfig)} of ${name} but got ${byteSize(file.size)}`,
      );
    return fileSource(await fetch(file));
  };
  return findNeeded(published, (name) => names.has(name), open);
}

/** @throws HubError where the hub gives other weights than the published ones */
function checkKnown({ sha256, revision, repository }: Published, { name, digest }: RemoteFile): void {
  if (sha256 === undefined || revision !== 'main' || name !== 'open_clip_model.safetensors') return;
  if (digest.hex === sha256) return;
  throw new HubError(
    `Cannot pull ${repository}: expected ${name} with SHA-256 ${sha256} but the hub has ${digest.hex}; if that is right, name its commit by --revision`,
  );
}

/** What was pulled can be loaded elsewhere, so it is only said. */
function warnOfMemory(name: string, { shapes }: NeededFiles): void {
  const free = availableMemory();
  const needed = bytesNeeded(shapes, 'cpu');
  if (needed > free) announce(`${name} needs ${byteSize(needed)} of memory, and ${byteSize(free)} are free here`);
  if (bytesNeeded(shapes, 'wasm') > wasmHeap)
    announce(`${name} does not fit into WebAssembly's 4 GB with both towers: load one, or use another backend`);
}

/** The revision is named last: what is named is whole. */
async function record(directory: string, pin: Pin): Promise<void> {
  try {
    await writePin(directory, pin);
    await writeRef(directory, pin.revision, pin.commit);
  } catch (error) {
    if (!isReadOnly(error as NodeJS.ErrnoException)) throw error;
    announce(`the cache cannot be written to, so that ${pin.repository} is not pinned: ${(error as Error).message}`);
  }
}

function isReadOnly({ code }: NodeJS.ErrnoException): boolean {
  return ['EACCES', 'EROFS', 'EPERM'].includes(code ?? '');
}

function explain(error: NodeJS.ErrnoException, { cache }: Hub): Error {
  if (!isReadOnly(error)) return error;
  return new Error(
    `Cannot write to the cache ${cache}: ${error.message}; make it writable, or name another directory in HF_HUB_CACHE`,
    { cause: error },
  );
}
