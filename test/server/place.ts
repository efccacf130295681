import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clip } from '../../src/clip.ts';
import type { Image } from '../../src/image/image.ts';
import { useBackend } from '../../src/node/backend.ts';
import { embedFiles } from '../../src/node/embed-files.ts';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { readImage } from '../../src/node/images/read-image.ts';
import { modelHash } from '../../src/node/model-hash.ts';
import { saveClip } from '../../src/node/save.ts';
import { createIndex, openIndexForWriting } from '../../src/node/store/store.ts';
import { uniformNumbers } from '../../src/random.ts';
import type { NewEntry } from '../../src/search/entry.ts';
import type { IndexHeader } from '../../src/search/search-index.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/start-server.ts';
import { tinyConfig } from '../tiny.ts';
import { tinyClip } from '../tiny-clip.ts';

/** Of an index without folders, by no model. */
export const tinyHeader: IndexHeader = {
  format: 1,
  model: { name: 'tiny', hash: '' },
  embedDim: 16,
  preprocess: tinyConfig().preprocess,
  exifRotate: true,
  roots: [],
};

/** A folder with a model, pictures and an index of them. */
export type Place = {
  root: string;
  model: string;
  pictures: string;
  store: string;
  /** Names of the pictures; the id of each is its place. */
  names: string[];
  vectors: Float32Array[];
};

/** Blots on a ground, another picture for another seed. */
export function drawing(seed: number, width = 40, height = 30): Image {
  const uniform = uniformNumbers(seed + 1);
  const data = new Uint8Array(3 * width * height);
  const colours = Array.from({ length: 5 }, () => [0, 1, 2].map(() => Math.floor(256 * uniform())));
  const blots = colours.slice(1).map(() => [width * uniform(), height * uniform(), 4 + 8 * uniform()] as const);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const at = blots.findIndex(([left, top, radius]) => Math.hypot(x - left, y - top) < radius);
    data.set(colours[at + 1] as number[], 3 * pixel);
  }
  return { width, height, mode: 'RGB', data };
}

/** @param count pictures, all different but the last, which is a copy of the first */
export async function makePlace(count = 12): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'clip-tfjs-server-'));
  const [model, pictures, store] = ['model', 'pictures', 'store'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  await useBackend('cpu');
  const clip = tinyClip();
  await saveClip(clip, model, { layout: 'huggingface' });
  await mkdir(join(pictures, 'sub'), { recursive: true });
  const names = Array.from({ length: count }, (_, i) => (i % 2 ? `sub/${i}.png` : `${i}.png`));
  for (const [i, name] of names.entries()) await writeFile(join(pictures, name), encodePng(drawing(i % (count - 1))));
  const paths = names.map((name) => join(pictures, name));
  const vectors = await indexFiles(clip, model, store, pictures, paths);
  clip.dispose();
  return { root, model, pictures, store, names, vectors };
}

/** Makes an index of files. @param name of the model @returns their vectors */
export async function indexFiles(
  clip: Clip,
  name: string,
  store: string,
  root: string,
  paths: readonly string[],
): Promise<Float32Array[]> {
  const { embedDim, preprocess } = clip.config;
  const model = { name, hash: await modelHash(clip) };
  const writer = await createIndex(store, { format: 1, model, embedDim, preprocess, exifRotate: true, roots: [root] });
  const vectors: Float32Array[] = [];
  for await (const { embedding, error } of embedFiles(clip, paths, { workers: 0 })) {
    if (error) throw error;
    vectors.push(embedding);
  }
  await writer.append(await Promise.all(paths.map(entryOf)), vectors);
  await writer.close();
  return vectors;
}

/** What the index knows of a file. */
export async function entryOf(path: string): Promise<NewEntry> {
  const { size, mtimeMs: modified } = await stat(path);
  const hash = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  const { width, height } = await readImage(path).catch(() => ({ width: 0, height: 0 }));
  return { path, size, modified, hash, width, height };
}

/** Adds a row, as it is. */
export async function addRow({ store }: Place, entry: NewEntry, vector: Float32Array): Promise<number> {
  const writer = await openIndexForWriting(store);
  const [added] = await writer.append([entry], [vector]);
  await writer.close();
  return added?.id as number;
}

export const removePlace = ({ root }: Place): Promise<void> => rm(root, { recursive: true });

/** Faults of the server fail the test that has caused them. */
export async function serve(
  place: Pick<Place, 'root' | 'store'>,
  options: Partial<ServerOptions> = {},
): Promise<RunningServer> {
  return startServer({
    store: place.store,
    model: { backend: 'cpu' },
    cache: join(place.root, 'thumbnails'),
    page: join(place.root, 'page'),
    version: '0.0.0',
    onFault: (error) => {
      throw error;
    },
    ...options,
  });
}
