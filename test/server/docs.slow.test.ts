import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { useBackend } from '../../src/node/backend.ts';
import { findPictures } from '../../src/node/find-pictures.ts';
import { loadClip } from '../../src/node/load.ts';
import type { RunningServer } from '../../src/server/start-server.ts';
import { indexFiles, serve } from './place.ts';

const run = promisify(execFile);

/** Runs each ```sh block that a ```json block with its answer follows. Times are not compared, similarities to four digits. */
describe('docs/serve.md', () => {
  let root: string;
  let server: RunningServer;
  before(async function () {
    if (spawnSync('curl', ['--version']).status !== 0) this.skip();
    root = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    await useBackend('wasm');
    const clip = await loadClip('emoji-clip');
    const folder = resolve('examples/drawings');
    const store = join(root, 'drawings.index');
    await indexFiles(
      clip,
      'emoji-clip',
      store,
      folder,
      (await findPictures([folder])).map(({ path }) => path),
    );
    clip.dispose();
    server = await serve({ root, store }, { model: { backend: 'wasm' } });
  });
  after(async () => {
    await server?.close();
    if (root) await rm(root, { recursive: true });
  });

  it('says what the server answers', async () => {
    const text = await readFile('docs/serve.md', 'utf8');
    const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g)];
    assert.ok(blocks.length >= 6);
    for (const [, command = '', answer = ''] of blocks) {
      const own = command.replace('localhost:8080', `127.0.0.1:${server.port}`);
      const { stdout } = await run('sh', ['-c', own], { cwd: 'examples' });
      assert.deepEqual(comparable(stdout), comparable(answer), `${command}\n${stdout}`);
    }
  });
});

function comparable(json: string): unknown {
  return JSON.parse(json, (key, value) => {
    if (key === 'took' || key === 'modified') return undefined;
    return typeof value === 'number' ? Number(value.toFixed(4)) : value;
  });
}
