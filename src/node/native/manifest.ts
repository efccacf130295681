import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orUndefined, writeFileAtomically } from '../files.ts';
import type { BuiltKernels } from './build-kernels.ts';
import { places } from './where.ts';

/** What an installed directory says of itself, in `native.json`. */
export type Manifest = {
  format: 1;
  /** When it was installed, ISO 8601. */
  date: string;
  /** Versions of the packages of npm that it is made of. */
  packages: Record<string, string>;
  tensorflow: {
    version: string;
    /** `pip`, or the path of a wheel or of a directory of libraries. */
    from: string;
    /** Whether it is the build with CUDA. */
    cuda: boolean;
    /** Where the libraries are used in place: an absolute path (`--libdir`). */
    directory?: string;
    /** SHA-256 of each wheel that it was unpacked from. */
    wheels: Record<string, string>;
    /** SHA-256 of each library that the binding is linked with. */
    libraries: Record<string, string>;
  };
  binding: { sha256: string; compiler: string };
  /** The fused operators; absent where they did not compile. */
  kernels?: BuiltKernels;
};

/**
 * @returns undefined where nothing is installed
 * @throws Error where what is there cannot be understood
 */
export async function readManifest(directory: string): Promise<Manifest | undefined> {
  const path = join(directory, places.manifest);
  const content = await orUndefined(readFile(path, 'utf8'));
  if (content === undefined) return undefined;
  const cure = "run 'clip-tfjs native install --force'";
  try {
    const manifest = JSON.parse(content) as Manifest;
    if (manifest.format === 1) return manifest;
  } catch {
    throw new Error(`Cannot read ${path}: it is not JSON; ${cure}`);
  }
  throw new Error(`Cannot use ${path}: another version of clip-tfjs wrote it; ${cure}`);
}

export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  await writeFileAtomically(join(directory, places.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
}
