import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomically } from '../files.ts';
import { sha256Of } from './checksum.ts';
import type { Compiler } from './programs.ts';
import type { Report } from './report.ts';
import { runProgram } from './run-program.ts';
import { places } from './where.ts';

/** Where TensorFlow's libraries and headers are: paths from the tree, or absolute ones. */
export type Libraries = { directory: string; headers: string; names: readonly [cc: string, framework: string] };

/** Lies beside the binding: of what it was made, and what came out. */
type Receipt = { key: string; sha256: string };

/**
 * The arguments that make the binding. Paths are from the tree, and the libraries are found from where the binding lies,
 * so that the tree can be moved.
 */
export function compilerArguments(
  { directory, headers, names }: Libraries,
  output: string,
  platform: NodeJS.Platform,
): string[] {
  const isMac = platform === 'darwin';
  const own = directory === places.tensorflow;
  const origin = isMac ? '@loader_path' : '$ORIGIN';
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding'],
    ...(isMac ? ['-dynamiclib', '-undefined', 'dynamic_lookup'] : ['-shared']),
    ...['-I', join(places.packages, 'node-api-headers', 'include'), '-I', headers, '-I', places.tfjsNode],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(places.tfjsNode, 'binding', name)),
    ...['-o', output],
    ...(isMac ? names.map((name) => join(directory, name)) : ['-L', directory, ...names.map((name) => `-l:${name}`)]),
    ...['-Xlinker', '-rpath', '-Xlinker', own ? `${origin}/../${places.tensorflow}` : directory],
  ];
}

/**
 * Compiles the binding into the tree, unless the one that is there was made of the same.
 * @returns its SHA-256
 */
export async function buildBinding(
  tree: string,
  libraries: Libraries,
  libraryDigests: Readonly<Record<string, string>>,
  compiler: Compiler,
  report: Report,
): Promise<string> {
  const path = join(tree, places.binding);
  const receiptPath = `${path}.made-of.json`;
  const args = compilerArguments(libraries, places.binding, process.platform);
  const key = createHash('sha256')
    .update(JSON.stringify([compiler, args, libraryDigests]))
    .digest('hex');
  const receipt = await readReceipt(receiptPath);
  if (receipt?.key === key && (await sha256Of(path)) === receipt.sha256) return receipt.sha256;
  report.step(`compiling the binding by ${compiler.version}`);
  await mkdir(dirname(path), { recursive: true });
  await rm(receiptPath, { force: true });
  const scratch = await mkdtemp(join(dirname(tree), 'compiling-')); // a compiler that outlives us writes nowhere else
  const temporary = join(scratch, basename(path));
  const outcome = await runProgram(
    compiler.command,
    [...compiler.flags, ...compilerArguments(libraries, temporary, process.platform)],
    { cwd: tree },
  );
  if (outcome?.code !== 0) {
    await rm(scratch, { recursive: true });
    throw new Error(
      `Cannot install: the binding did not compile; ${compiler.command} said:\n${outcome?.errors.trim()}\nTry another compiler by CXX, e.g. CXX=clang++`,
    );
  }
  await rename(temporary, path);
  await rm(scratch, { recursive: true });
  const sha256 = await sha256Of(path);
  await writeFileAtomically(receiptPath, JSON.stringify({ key, sha256 } satisfies Receipt));
  return sha256;
}

async function readReceipt(path: string): Promise<Receipt | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Receipt;
  } catch {
    return undefined; // none, or not whole: the binding is made again
  }
}
