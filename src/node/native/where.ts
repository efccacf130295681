import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TfjsNode } from '../tfjs-node.ts';

/** Where programs of this user keep what can be made again, as the system has it. */
export function cacheDirectory(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (environment.XDG_CACHE_HOME) return environment.XDG_CACHE_HOME;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (platform === 'win32') return environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
  return join(homedir(), '.cache');
}

/** Where native TensorFlow lies: CLIP_TFJS_NATIVE, else a directory of the user's cache. */
export function nativeDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(environment.CLIP_TFJS_NATIVE || join(cacheDirectory(environment), 'clip-tfjs', 'native'));
}

/** Where an unfinished installation keeps what it has: beside the directory, so that renaming is enough at the end. */
export function partialDirectory(directory: string): string {
  return `${directory}.partial`;
}

/** Within the directory, or the tree that becomes it. */
export const places: Readonly<
  Record<'binding' | 'kernels' | 'tensorflow' | 'headers' | 'packages' | 'tfjsNode' | 'manifest', string>
> = {
  binding: join('bin', 'tfjs_binding.node'),
  kernels: join('bin', 'clip_kernels.node'),
  tensorflow: 'tensorflow',
  headers: join('tensorflow', 'include'),
  packages: 'node_modules',
  tfjsNode: join('node_modules', '@tensorflow', 'tfjs-node'),
  manifest: 'native.json',
};

/** The package and its binding in an installed directory. */
export function tfjsNodeIn(directory: string): TfjsNode {
  return { packageDirectory: join(directory, places.tfjsNode), binding: join(directory, places.binding) };
}
