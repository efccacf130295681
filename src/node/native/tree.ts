import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as tar from 'tar';
import { buildBinding } from './build.ts';
import type { buildKernels } from './build-kernels.ts';
import { sha256Of } from './checksum.ts';
import { fetchTarball, sweepDownloads } from './download.ts';
import type { Manifest } from './manifest.ts';
import type { NpmPackage, Pins } from './pins.ts';
import type { Target } from './platform.ts';
import type { Compiler, Python } from './programs.ts';
import type { Report } from './report.ts';
import { clearOtherSources, placeTensorflow, type Source } from './tensorflow-files.ts';
import { places } from './where.ts';

/** What a tree is made of and by; pip's Python only where TensorFlow comes from there. */
export type Ingredients = {
  source: Source;
  pins: Pins;
  target: Target;
  compiler: Compiler;
  python: Python | undefined;
  /** Compiles the fused operators. */
  buildKernels: typeof buildKernels;
};

/**
 * Makes the tree that becomes the installed directory, below `partial`, and downloads beside it. What is there and right
 * is kept.
 * @returns what `native.json` will say; TensorFlow's version is known once it has run
 */
export async function makeTree(
  partial: string,
  { source, pins, target, compiler, python, buildKernels }: Ingredients,
  report: Report,
): Promise<{ tree: string; manifest: Manifest }> {
  const tree = join(partial, 'tree');
  const downloads = join(partial, 'downloads');
  await mkdir(downloads, { recursive: true });
  await sweepDownloads(downloads);
  await clearOtherSources(tree, source);
  for (const wanted of pins.packages) await unpackTarball(await fetchTarball(wanted, downloads, report), wanted, tree);
  const placed = await placeTensorflow(source, pins, target, { tree, downloads, python }, report);
  const { libraries, cuda, wheels } = placed;
  const digests: Record<string, string> = {};
  for (const name of libraries.names) digests[name] = await sha256Of(resolve(tree, libraries.directory, name));
  const sha256 = await buildBinding(tree, libraries, digests, compiler, report);
  const kernels = await buildKernels(tree, libraries, compiler, report);
  const manifest: Manifest = {
    format: 1,
    date: new Date().toISOString(),
    packages: Object.fromEntries(pins.packages.map(({ name, version }) => [name, version])),
    tensorflow: {
      version: '',
      from: source.kind === 'pip' ? 'pip' : source.path,
      cuda,
      ...(source.kind === 'libdir' && { directory: libraries.directory }),
      wheels,
      libraries: digests,
    },
    binding: { sha256, compiler: compiler.version },
    ...(kernels && { kernels }),
  };
  return { tree, manifest };
}

async function unpackTarball(file: string, { name }: NpmPackage, tree: string): Promise<void> {
  const cwd = join(tree, places.packages, ...name.split('/'));
  await rm(cwd, { recursive: true, force: true });
  await mkdir(cwd, { recursive: true });
  await tar.extract({ file, cwd, strip: 1, strict: true });
}
