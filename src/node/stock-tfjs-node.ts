import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';

/** A package of npm that the user has installed, with the path of its binding where it has one. */
export type StockTfjsNode = { name: string; version: string; packageDirectory: string; binding: string | undefined };

/** The files from which Node resolves packages for the application and for us. */
const importers = (): string[] => [process.argv[1] ?? join(process.cwd(), '[eval]'), import.meta.filename];

/** @returns the installed @tensorflow/tfjs-node-gpu and @tensorflow/tfjs-node, with CUDA first, as application and package find them */
export function findStockTfjsNode(from: readonly string[] = importers()): StockTfjsNode[] {
  const found = new Map<string, StockTfjsNode>();
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'])
    for (const importer of from) {
      let file: string;
      try {
        file = createRequire(importer).resolve(`${name}/package.json`);
      } catch {
        continue; // not installed there
      }
      const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
      const packageDirectory = dirname(file);
      found.set(file, { name, version, packageDirectory, binding: findBinding(packageDirectory) });
    }
  return [...found.values()];
}

/** node-pre-gyp's place: `lib/napi-v8/tfjs_binding.node`, the newest Node-API that this Node has. */
function findBinding(packageDirectory: string): string | undefined {
  const library = join(packageDirectory, 'lib');
  const newest = Number(process.versions.napi);
  const versions = (existsSync(library) ? readdirSync(library) : [])
    .map((name) => Number(name.match(/^napi-v(\d+)$/)?.[1]))
    .filter((version) => version <= newest)
    .sort((a, b) => b - a);
  return versions.map((version) => join(library, `napi-v${version}`, 'tfjs_binding.node')).find(existsSync);
}

/** @throws Error where the package cannot be used, with the cure */
export function requireBinding({ name, version, packageDirectory, binding }: StockTfjsNode): string {
  const [major] = (tf.version_core as string).split('.');
  if (!version.startsWith(`${major}.`))
    throw new Error(`${name} in ${packageDirectory}: expected version ${major}.x but got ${version}`);
  if (binding === undefined)
    throw new Error(
      `${name} in ${packageDirectory} has no binding, its install script did not run or failed; run 'npm rebuild ${name}' or 'clip-tfjs native install'`,
    );
  return binding;
}
