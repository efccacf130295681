import { createHash } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import yauzl, { type Entry } from 'yauzl';
import { digestOf } from './checksum.ts';
import type { Target } from './platform.ts';

/** A file of a wheel, with the digest that the wheel's own RECORD states. */
export type WheelFile = { path: string; bytes: number; sha256: string; isExecutable: boolean };

/** An open wheel: a zip whose `.dist-info` says what it is (PyPA, binary distribution format). The caller closes it. */
export type OpenWheel = {
  path: string;
  name: string;
  version: string;
  /** E.g. `cp311-cp311-manylinux_2_27_x86_64`. */
  tags: readonly string[];
  files: ReadonlyMap<string, WheelFile>;
  read: (file: WheelFile) => Promise<Readable>;
  close: () => void;
};

/** What the binding includes, below `include/`. */
export const headers: readonly string[] = [
  ...['c_api', 'c_api_macros', 'tf_attrtype', 'tf_buffer', 'tf_datatype', 'tf_status', 'tf_tensor', 'tf_tstring'].map(
    (name) => `tensorflow/c/${name}.h`,
  ),
  'tensorflow/c/eager/c_api.h',
  'tensorflow/core/platform/ctstring.h',
  'tensorflow/core/platform/ctstring_internal.h',
  'tsl/platform/ctstring.h',
  'tsl/platform/ctstring_internal.h',
  'xla/tsl/c/tsl_status.h',
].map((name) => `tensorflow/include/${name}`);

/** More than the 1.7 MB of TensorFlow's RECORD, by far. */
const largestRecord = 2 ** 26;

/** @throws Error on a file that is no wheel */
export async function openWheel(path: string): Promise<OpenWheel> {
  try {
    return await readWheel(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Error(`Cannot read wheel ${path}: there is no such file`);
    throw new Error(`Cannot read wheel ${path}: ${message}; it is damaged or no wheel, download it again`);
  }
}

async function readWheel(path: string): Promise<OpenWheel> {
  const zip = await yauzl.openPromise(path, { autoClose: false });
  try {
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    const info = async (name: string): Promise<string> => {
      const entry = [...entries.values()].find(
        ({ fileName }) => /^[^/]+\.dist-info\//.test(fileName) && basename(fileName) === name,
      );
      if (!entry || entry.uncompressedSize > largestRecord) throw new Error(`it has no ${name}, so it is no wheel`);
      return text(await zip.openReadStreamPromise(entry));
    };
    const fields = (content: string, key: string) =>
      [...content.matchAll(new RegExp(`^${key}: (.*?)\\r?$`, 'gm'))].map((match) => match[1] as string);
    const metadata = await info('METADATA');
    const files = new Map<string, WheelFile>();
    for (const [, name = '', sha256 = ''] of (await info('RECORD')).matchAll(/^"?(.*?)"?,sha256=([\w-]+),\d+\r?$/gm)) {
      const entry = entries.get(name);
      if (!entry) throw new Error(`its RECORD names ${name}, which it does not have`);
      const isExecutable = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
      files.set(name, { path: name, bytes: entry.uncompressedSize, sha256, isExecutable });
    }
    return {
      path,
      name: fields(metadata, 'Name')[0]?.replaceAll('_', '-') ?? '',
      version: fields(metadata, 'Version')[0] ?? '',
      tags: fields(await info('WHEEL'), 'Tag'),
      files,
      read: (file) => zip.openReadStreamPromise(entries.get(file.path) as Entry),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/**
 * Of a wheel of TensorFlow: the C++ libraries and the headers of the C API; of NVIDIA's wheels: all but headers.
 * @throws Error on a wheel of something else, or for another platform
 */
export function keeps(wheel: OpenWheel, { libraries, wheelTag, name }: Target): WheelFile[] {
  const { path, tags, files } = wheel;
  if (wheel.name.startsWith('nvidia-'))
    return [...files.values()].filter((file) => file.path.startsWith('nvidia/') && !file.path.includes('/include/'));
  if (!/^tensorflow(-cpu)?$/.test(wheel.name))
    throw new Error(`Cannot install ${path}: expected a wheel of tensorflow or tensorflow-cpu but got '${wheel.name}'`);
  if (!tags.some((tag) => wheelTag.test(tag)))
    throw new Error(
      `Cannot install ${path}: it is for ${tags.join(', ')}, and this is ${name}; download the right one`,
    );
  return [...libraries.map((library) => `tensorflow/${library}`), ...headers].map((wanted) => {
    const file = files.get(wanted);
    if (!file) throw new Error(`Cannot install ${path}: it lacks ${wanted}; use tensorflow 2.21.0, which has it`);
    return file;
  });
}

/**
 * Unpacks files of a wheel, each checked against the RECORD, under a temporary name, outside of
 * what is to be installed, until it is whole.
 * One that is there already and right is kept.
 * @param onBytes told of each step forward
 */
export async function extract(
  wheel: OpenWheel,
  files: readonly WheelFile[],
  into: string,
  temporary: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  for (const file of files) {
    const path = join(into, ...file.path.split('/'));
    if ((await digestOf(path, { algorithm: 'sha256', encoding: 'base64url' })) === file.sha256) {
      onBytes(file.bytes);
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    try {
      const got = await write(await wheel.read(file), temporary, onBytes);
      if (got !== file.sha256)
        throw new Error(`expected sha256 ${file.sha256} of ${file.path}, as its RECORD says, but got ${got}`);
      if (file.isExecutable) await chmod(temporary, 0o755);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      const isDisk = (error as NodeJS.ErrnoException).code === 'ENOSPC';
      throw new Error(
        `Cannot unpack ${wheel.path}: ${(error as Error).message}; ${isDisk ? 'free some disk' : 'it is damaged, download it again'}`,
      );
    }
  }
}

/** @returns the SHA-256 of what was written, in base64url */
async function write(content: Readable, path: string, onBytes: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      hash.update(chunk);
      await file.writeFile(chunk);
      onBytes(chunk.length);
    }
  } finally {
    await file.close();
  }
  return hash.digest('base64url');
}
