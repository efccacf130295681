// Packs the library, installs the tarball into an empty project and uses it there as a stranger would: imports, types,
// the command, on the oldest supported Node and the newest of each line.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { otherNodes } from './other-nodes.mjs';

const project = mkdtempSync(join(tmpdir(), 'clip-tfjs-package-'));
/** Without native TensorFlow, which the user may have installed. */
const env = { ...process.env, CLIP_TFJS_NATIVE: join(project, 'no-native') };
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env });

const script = `
import { useBackend, loadClip, openaiVocabulary, createTokenizer } from 'clip-tfjs/node';
import { bufferSource, openSafetensors } from 'clip-tfjs/safetensors';
import * as browser from 'clip-tfjs';
if (typeof browser.loadClip !== 'function' || typeof openSafetensors !== 'function' || !bufferSource) throw new Error('exports are missing');
const tokenizer = createTokenizer(await openaiVocabulary(), 77);
const backend = await useBackend();
const clip = await loadClip('emoji-clip');
console.log(backend, clip.config.embedDim, tokenizer.encode('Hello World!').join());
`;

const types = `
import { loadClip, type Clip } from 'clip-tfjs/node';
export const load = (path: string): Promise<Clip> => loadClip(path, { activation: 'quick_gelu' });
`;

try {
  const [{ filename, unpackedSize }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', project]));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'stranger', type: 'module', private: true }));
  run('npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', join(project, filename)], project);
  const page = join('node_modules', 'clip-tfjs', 'dist', 'web', 'index.html');
  if (!existsSync(join(project, page))) throw new Error(`the installed package has no ${page}`);
  writeFileSync(join(project, 'use.mjs'), script);
  const command = join('node_modules', 'clip-tfjs', 'dist', 'cli', 'main.js');
  const picture = join(process.cwd(), 'test', 'goldens', 'images', 'jpeg-420-q85.jpg');
  for (const node of [process.execPath, ...otherNodes(project)]) {
    const printed = run(node, ['use.mjs'], project).trim();
    if (printed !== 'wasm 128 3306,1002,256') throw new Error(`the installed package printed: ${printed}`);
    const { mode } = JSON.parse(run(node, [command, 'inspect', picture, '--json'], project));
    if (mode !== 'RGB') throw new Error(`the installed command found mode ${mode}`);
    console.log(`runs on Node ${run(node, ['--version']).trim()}`);
  }
  const help = run('npx', ['--no-install', 'clip-tfjs', '--help'], project);
  if (!help.includes('classify')) throw new Error(`npx clip-tfjs --help printed: ${help}`);
  writeFileSync(join(project, 'use.ts'), types);
  const tsc = join(process.cwd(), 'node_modules', 'typescript', 'bin', 'tsc');
  const options = [
    '--strict',
    '--noEmit',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--types',
    '',
  ];
  run('node', [tsc, ...options, 'use.ts'], project);
  console.log(`The packed tarball (${(unpackedSize / 1e6).toFixed(1)} MB unpacked) installs, runs and type-checks.`);
} finally {
  rmSync(project, { recursive: true, force: true });
}
