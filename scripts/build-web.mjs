// Bundles the page that clip-tfjs serve serves: node scripts/build-web.mjs [FOLDER], dist/web unless said.
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const source = join('web', 'search');
const [folder = join('dist', 'web')] = process.argv.slice(2);

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await build({
  entryPoints: { main: join(source, 'main.ts'), style: join(source, 'styles', 'all.css') },
  outdir: folder,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
  logLevel: 'error',
});
for (const name of ['index.html', 'icon.png']) await copyFile(join(source, name), join(folder, name));
