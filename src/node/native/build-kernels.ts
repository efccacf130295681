import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Libraries } from './build.ts';
import { sha256Of } from './checksum.ts';
import type { Compiler } from './programs.ts';
import type { Report } from './report.ts';
import { runProgram } from './run-program.ts';
import { places } from './where.ts';

/** The fused operators as they were compiled: of which sources, and what came out. */
export type BuiltKernels = { sources: string; sha256: string };

/** Where our C++ lies: a folder of this package. */
const folder = join(dirname(createRequire(import.meta.url).resolve('clip-tfjs/package.json')), 'kernels');

/** Each build of the kernels, by the name that kernels/tensorflow.cc knows it by, and what the compiler is told. */
const builds: Readonly<Record<string, readonly (readonly [name: string, ...flags: string[]])[]>> = {
  x64: [['baseline'], ['avx2', '-mavx2', '-mfma'], ['avx512', '-mavx512f', '-mfma']],
  arm64: [['baseline']],
};

/** Sources of WebAssembly alone. */
const notNative: readonly string[] = ['wasm.cc', 'resample.cc'];

/** @returns SHA-256 of the sources: operators of other sources are not used */
export async function kernelSources(): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(folder)).filter((name) => !notNative.includes(name));
  for (const name of names.sort()) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex');
}

/**
 * Compiles the fused operators of kernels/ into the tree. Nothing depends on them but speed, so a compiler that cannot do it
 * is announced, not an error.
 * @returns undefined where they did not compile
 */
export async function buildKernels(
  tree: string,
  libraries: Libraries,
  compiler: Compiler,
  report: Report,
): Promise<BuiltKernels | undefined> {
  report.step('compiling the fused operators');
  const scratch = await mkdtemp(join(dirname(tree), 'compiling-'));
  try {
    const output = join(scratch, 'clip_kernels.node');
    for (const args of kernelCommands(libraries, scratch, output)) {
      const outcome = await runProgram(compiler.command, [...compiler.flags, ...args], { cwd: tree });
      if (outcome?.code === 0) continue;
      report.step(`going on without them: ${compiler.command} said: ${outcome?.errors.trim()}`);
      return undefined;
    }
    await rename(output, join(tree, places.kernels));
    return { sources: await kernelSources(), sha256: await sha256Of(join(tree, places.kernels)) };
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** The arguments of each call of the compiler: an object of each build, one of the operators, and the addon of them all. */
function kernelCommands({ directory, headers, names }: Libraries, scratch: string, output: string): string[][] {
  const isMac = process.platform === 'darwin';
  const common = ['-std=c++17', '-O3', '-fno-math-errno', '-fPIC', ...(isMac ? [] : ['-fopenmp'])]; // Apple's clang brings no OpenMP
  const includes = ['-I', join(places.packages, 'node-api-headers', 'include'), '-I', headers, '-DNAPI_VERSION=8'];
  const object = (name: string) => join(scratch, `${name}.o`);
  const compiled = (builds[process.arch] ?? []).map(([name, ...flags]) => ({ name, flags }));
  const origin = isMac ? '@loader_path' : '$ORIGIN';
  return [
    ...compiled.map(({ name, flags }) => [
      ...common,
      ...flags,
      `-DBUILD=${name}`,
      ...['-c', join(folder, 'build.cc'), '-o', object(name)],
    ]),
    [...common, ...includes, '-c', join(folder, 'tensorflow.cc'), '-o', object('tensorflow')],
    [
      ...common,
      ...(isMac ? ['-dynamiclib', '-undefined', 'dynamic_lookup'] : ['-shared']),
      ...[...compiled.map(({ name }) => name), 'tensorflow'].map(object),
      ...(isMac ? names.map((name) => join(directory, name)) : ['-L', directory, ...names.map((name) => `-l:${name}`)]),
      ...['-Xlinker', '-rpath', '-Xlinker', directory === places.tensorflow ? `${origin}/../${directory}` : directory],
      ...['-o', output],
    ],
  ];
}
