import { randomUUID } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { syncDirectory, syncTree } from '../files.ts';
import { buildKernels as compileKernels, kernelSources } from './build-kernels.ts';
import { sha256Of } from './checksum.ts';
import { assertSpace, sizeOf } from './disk.ts';
import { whileLocked } from './lock.ts';
import { type Manifest, readManifest, writeManifest } from './manifest.ts';
import { type Pins, publishedPins } from './pins.ts';
import { type Machine, targetOf, thisMachine } from './platform.ts';
import { findCompiler, findPython, requireNpm } from './programs.ts';
import { findOld } from './remove.ts';
import type { Report } from './report.ts';
import { type Findings, smokeTest } from './smoke-test.ts';
import { bytesNeeded, type Source, wheelsOf } from './tensorflow-files.ts';
import { type Ingredients, makeTree } from './tree.ts';
import { partialDirectory, places } from './where.ts';

export type InstallOptions = {
  directory: string;
  source: Source;
  /** Whether to install even where the same is installed and works, and to use nothing of an installation that was stopped. */
  force: boolean;
  report: Report;
  /** Tests put others in place of this machine, the published files and the trial. */
  machine?: Machine;
  pins?: Pins;
  tryOut?: (directory: string) => Promise<Findings>;
  buildKernels?: typeof compileKernels;
};

/** `isNew` is false where the same was installed and works. */
export type Installed = { manifest: Manifest; gpu: boolean; isNew: boolean };

/**
 * Makes native TensorFlow: sources of the binding from npm, TensorFlow from PyPI (or as `source` says), compiled, tried,
 * and only then put in its place by one renaming. What a run that was stopped has finished is checked and used.
 * @throws Error with the cure where a program, the network, the disk, or the platform fails
 */
export async function installNative({
  directory,
  source,
  force,
  report,
  machine = thisMachine(),
  pins = publishedPins,
  tryOut = smokeTest,
  buildKernels = compileKernels,
}: InstallOptions): Promise<Installed> {
  const target = targetOf(machine);
  if (source.kind === 'pip') wheelsOf(source.cuda, pins, target);
  return whileLocked(directory, async (assertLocked) => {
    await assertReplaceable(directory);
    const manifestNow = force ? undefined : await readManifest(directory);
    if (manifestNow && (await isMadeOf(manifestNow, { source, pins, target }))) {
      report.step('trying what is installed');
      try {
        return { manifest: manifestNow, gpu: (await tryOut(directory)).gpu, isNew: false };
      } catch (error) {
        report.step(`installing anew: ${(error as Error).message}`);
      }
    }
    if (!target.isTested) report.step(`${target.name}: nobody has tested this platform; please tell what happens`);
    const partial = partialDirectory(directory);
    for (const path of [...(await findOld(directory)), ...(force ? [partial] : [])])
      await rm(path, { recursive: true, force: true });
    await assertSpace(directory, (await bytesNeeded(source, pins, target)) - (await sizeOf(partial)));
    const compiler = await findCompiler();
    await requireNpm();
    const python = source.kind === 'pip' ? await findPython() : undefined;
    const { tree, manifest } = await makeTree(
      partial,
      { source, pins, target, compiler, python, buildKernels },
      report,
    );
    report.step('trying it');
    const { version, gpu } = await tryOut(tree);
    manifest.tensorflow.version = version;
    await writeManifest(tree, manifest);
    await syncTree(tree);
    assertLocked();
    await replace(directory, tree);
    await rm(partial, { recursive: true });
    return { manifest, gpu, isNew: true };
  });
}

/** Whether what is installed was made of what is asked for now. */
async function isMadeOf(
  { packages, tensorflow, kernels }: Manifest,
  { source, pins, target }: Pick<Ingredients, 'source' | 'pins' | 'target'>,
): Promise<boolean> {
  if (kernels && kernels.sources !== (await kernelSources())) return false;
  if (pins.packages.some(({ name, version }) => packages[name] !== version)) return false;
  if (source.kind === 'libdir') return tensorflow.from === source.path;
  const wheels =
    source.kind === 'pip'
      ? wheelsOf(source.cuda, pins, target).map(({ file, sha256 }) => [file, sha256])
      : [[basename(source.path), await sha256Of(source.path)]];
  return JSON.stringify(Object.entries(tensorflow.wheels)) === JSON.stringify(wheels);
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
