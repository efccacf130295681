import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const peers = resolve('bench', 'peers');
const require = createRequire(join(peers, 'package.json'));

/**
 * A package of bench/peers. It is no dependency of clip-tfjs, so its types are not at hand: the caller says what it uses.
 * @throws Error where `npm run bench:peers` has not installed it
 */
export function loadPeer<T>(name: string): T {
  return require(name) as T;
}

export function peerVersion(name: string): string {
  const { version } = JSON.parse(readFileSync(join(peers, 'node_modules', name, 'package.json'), 'utf8'));
  return version;
}
