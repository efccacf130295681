import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '../../src/node/backend.ts';
import { embedFiles } from '../../src/node/embed-files.ts';
import { loadClip } from '../../src/node/load.ts';
import { modelHash } from '../../src/node/model-hash.ts';
import { createIndex } from '../../src/node/store/store.ts';
import type { NewEntry } from '../../src/search/entry.ts';
import { type RunningServer, startServer } from '../../src/server/start-server.ts';

/** The drawings of examples/, twelve of them twice, with an index by emoji-clip and the built page. */
export type DrawingsPlace = { root: string; store: string; page: string; drawings: string; count: number };

/** @param page folder that scripts/build-web.mjs has filled */
export async function makeDrawingsPlace(page: string): Promise<DrawingsPlace> {
  const root = await mkdtemp(join(tmpdir(), 'clip-tfjs-page-'));
  const [drawings, store] = [join(root, 'drawings'), join(root, 'store')];
  await cp(join('examples', 'drawings'), drawings, { recursive: true });
  await mkdir(join(drawings, 'copies'));
  const originals = (await readdir(join(drawings, 'noto'))).sort();
  for (let i = 0; i < 12; i++) {
    const name = originals[i * 7] as string;
    await copyFile(join(drawings, 'noto', name), join(drawings, 'copies', name));
  }
  const names = await readdir(drawings, { recursive: true });
  const paths = names
    .filter((name) => name.endsWith('.png'))
    .sort()
    .map((name) => join(drawings, name));
  await useBackend('wasm');
  const clip = await loadClip('emoji-clip');
  const { embedDim, preprocess } = clip.config;
  const model = { name: 'emoji-clip', hash: await modelHash(clip) };
  const header = { format: 1, model, embedDim, preprocess, exifRotate: true, roots: [drawings] } as const;
  const writer = await createIndex(store, header);
  const vectors: Float32Array[] = [];
  for await (const { embedding, error } of embedFiles(clip, paths, { workers: 0 })) {
    if (error) throw error;
    vectors.push(embedding);
  }
  await writer.append(await Promise.all(paths.map(entryOf)), vectors);
  await writer.close();
  clip.dispose();
  return { root, store, page, drawings, count: paths.length };
}

async function entryOf(path: string): Promise<NewEntry> {
  const { size, mtimeMs: modified } = await stat(path);
  const hash = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { path, size, modified, hash, width: 64, height: 64 };
}

/** @param port 0: one that is free */
export function serveDrawings({ root, store, page }: DrawingsPlace, port = 0): Promise<RunningServer> {
  return startServer({
    store,
    page,
    port,
    model: { backend: 'wasm' },
    cache: join(root, 'thumbnails'),
    version: '0.0.0',
    onFault: (error) => console.error(error),
  });
}

export const removeDrawingsPlace = ({ root }: DrawingsPlace): Promise<void> => rm(root, { recursive: true });
