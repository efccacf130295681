import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as tar from 'tar';
import { syncDirectory, syncTree } from '../files.ts';
import { buildBinding } from './build.ts';
import { sha256Of } from './checksum.ts';
import { sizeOf } from './disk.ts';
import { fetchTarball, sweepDownloads } from './download.ts';
import { whileLocked } from './lock.ts';
import { type Manifest, readManifest, writeManifest } from './manifest.ts';
import { companions, type NpmPackage, tfjsNode } from './pins.ts';
import { type Machine, type Target, targetOf, thisMachine } from './platform.ts';
import { type Compiler, findCompiler, findPython, type Python, requireNpm } from './programs.ts';
import { megabytes, type Report } from './report.ts';
import { smokeTest } from './smoke-test.ts';
import { bytesNeeded, clearOtherSources, placeTensorflow, type Source, wheelsOf } from './tensorflow-files.ts';
import { partialDirectory, places } from './where.ts';

export type InstallOptions = {
  directory: string;
  source: Source;
  /** Whether to install even where the same is installed and works, and to use nothing of an installation that was stopped. */
  force: boolean;
  report: Report;
  machine?: Machine;
};

/** `isNew` is false where the same was installed and works. */
export type Installed = { manifest: Manifest; gpu: boolean; isNew: boolean };

type Tools = { compiler: Compiler; python: Python | undefined };

/**
 * Makes native TensorFlow: sources of the binding from npm, TensorFlow from PyPI (or as `source` says), compiled, tried,
 * and only then put in its place by one renaming. What a run that was stopped has finished is checked and used.
 * @throws Error with the cure where a program, the network, the disk, or the platform fails
 */
export async function installNative({ directory, source, force, report, ...rest }: InstallOptions): Promise<Installed> {
  const target = targetOf(rest.machine ?? thisMachine());
  if (source.kind === 'pip') wheelsOf(source.cuda, target);
  return whileLocked(directory, async (assertLocked) => {
    await assertReplaceable(directory);
    const present = force ? undefined : await findPresent(directory, source, target, report);
    if (present) return present;
    if (!target.isTested) report.step(`${target.name}: nobody has tested this platform; please tell what happens`);
    const partial = partialDirectory(directory);
    if (force) await rm(partial, { recursive: true, force: true });
    const tools = await findTools(source);
    await assertSpace(directory, source, target);
    const tree = join(partial, 'tree');
    const manifest = await makeTree(tree, join(partial, 'downloads'), source, target, tools, report);
    report.step('trying it');
    const { version, gpu } = await smokeTest(tree);
    manifest.tensorflow.version = version;
    await writeManifest(tree, manifest);
    await syncTree(tree);
    assertLocked();
    await replace(directory, tree);
    await rm(partial, { recursive: true });
    return { manifest, gpu, isNew: true };
  });
}

async function findPresent(
  directory: string,
  source: Source,
  target: Target,
  report: Report,
): Promise<Installed | undefined> {
  const manifest = await readManifest(directory);
  if (!manifest || !(await isOf(manifest, source, target))) return undefined;
  report.step('trying what is installed');
  try {
    return { manifest, gpu: (await smokeTest(directory)).gpu, isNew: false };
  } catch (error) {
    report.step(`installing anew: ${(error as Error).message}`);
    return undefined;
  }
}

/** Whether what is installed was made as is asked now. */
async function isOf({ packages, tensorflow }: Manifest, source: Source, target: Target): Promise<boolean> {
  if ([tfjsNode, ...companions].some(({ name, version }) => packages[name] !== version)) return false;
  if (source.kind === 'libdir') return tensorflow.directory !== undefined && tensorflow.from === source.path;
  const wheels =
    source.kind === 'pip'
      ? wheelsOf(source.cuda, target).map(({ file, sha256 }) => [file, sha256])
      : [[basename(source.path), await sha256Of(source.path)]];
  return JSON.stringify(Object.entries(tensorflow.wheels)) === JSON.stringify(wheels);
}

/** All that must be there, asked before anything is downloaded. */
async function findTools({ kind }: Source): Promise<Tools> {
  const compiler = await findCompiler();
  await requireNpm();
  return { compiler, python: kind === 'pip' ? await findPython() : undefined };
}

async function makeTree(
  tree: string,
  downloads: string,
  source: Source,
  target: Target,
  { compiler, python }: Tools,
  report: Report,
): Promise<Manifest> {
  await mkdir(downloads, { recursive: true });
  await sweepDownloads(downloads);
  await clearOtherSources(tree, source);
  for (const wanted of [tfjsNode, ...companions])
    await unpackTarball(await fetchTarball(wanted, downloads, report), wanted, tree);
  const { libraries, cuda, wheels } = await placeTensorflow(source, target, { tree, downloads, python }, report);
  const digests: Record<string, string> = {};
  for (const name of libraries.names) digests[name] = await sha256Of(join(tree, libraries.directory, name));
  const sha256 = await buildBinding(tree, libraries, digests, compiler, report);
  return {
    format: 1,
    date: new Date().toISOString(),
    packages: Object.fromEntries([tfjsNode, ...companions].map(({ name, version }) => [name, version])),
    tensorflow: {
      version: 'not tried yet',
      from: source.kind === 'pip' ? 'pip' : source.path,
      cuda,
      ...(source.kind === 'libdir' && { directory: libraries.directory }),
      wheels,
      libraries: digests,
    },
    binding: { sha256, compiler: compiler.version },
  };
}

async function unpackTarball(file: string, { name }: NpmPackage, tree: string): Promise<void> {
  const cwd = join(tree, places.packages, ...name.split('/'));
  await rm(cwd, { recursive: true, force: true });
  await mkdir(cwd, { recursive: true });
  await tar.extract({ file, cwd, strip: 1, strict: true });
}

/** @throws Error where something lies in the way that is not ours to replace */
async function assertReplaceable(directory: string): Promise<void> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new Error(`Cannot install into ${directory}: ${error.message}`);
  });
  if (names.length > 0 && !names.includes(places.manifest))
    throw new Error(
      `Cannot install into ${directory}: it holds other things, e.g. ${names[0]}; name a directory that is not there yet in CLIP_TFJS_NATIVE`,
    );
}

async function assertSpace(directory: string, source: Source, target: Target): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(directory));
  const needed = (await bytesNeeded(source, target)) - (await sizeOf(partialDirectory(directory)));
  if (bavail * bsize >= needed) return;
  throw new Error(
    `Cannot install into ${directory}: expected ${megabytes(needed)} free on its disk but got ${megabytes(bavail * bsize)}; free some, or name a directory of another disk in CLIP_TFJS_NATIVE`,
  );
}

/** Two renamings: a crash between them leaves the finished tree where the next run finds it. */
async function replace(directory: string, tree: string): Promise<void> {
  const old = `${directory}.old-${randomUUID()}`;
  const hadOld = await rename(directory, old).then(
    () => true,
    () => false,
  );
  await rename(tree, directory);
  await syncDirectory(dirname(directory));
  if (hadOld) await rm(old, { recursive: true });
}
