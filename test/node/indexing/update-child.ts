// Changes a folder at random and brings its index up to date, again and again, until it is killed: `node update-child.js PLACE SEED`.
// Says on stdout, a line of JSON each, what it is about to commit and, once that is acknowledged, that it is done; see kill-rounds.ts.
import { existsSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { useBackend } from '../../../src/node/backend.ts';
import { indexHeader } from '../../../src/node/indexing/index-header.ts';
import { updateIndex } from '../../../src/node/indexing/update-index.ts';
import { createIndex, type IndexWriter, openIndexForWriting } from '../../../src/node/store/store.ts';
import { uniformNumbers } from '../../../src/random.ts';
import { tinyClip } from '../../tiny-clip.ts';
import { pictureOf } from './pictures.ts';

/** Rows by path: what is taken away, and then what is put there. */
export type Said =
  | { kind: 'ready' }
  | { kind: 'done' }
  | { kind: 'append' | 'update' | 'remove' | 'compact'; taken: string[]; put: [path: string, hash: string][] };

const [place = '', seed = '1'] = process.argv.slice(2);
const [photos, store] = [join(place, 'photos'), join(place, 'store')];
const say = (said: Said) => writeSync(1, `${JSON.stringify(said)}\n`);
const uniform = uniformNumbers(Number(seed));
let written = 0;
const below = (end: number) => Math.floor(uniform() * end);

await useBackend('cpu');
const clip = tinyClip();
const isThere = existsSync(join(store, 'manifest.json'));
const writer = isThere
  ? await openIndexForWriting(store)
  : await createIndex(store, await indexHeader(clip, { model: 'tiny', roots: [photos] }));
const heard = overheard(writer);
say({ kind: 'ready' });

for (;;) {
  changePhotos();
  const options = { workers: 0, batchSize: 4, commitRows: 8, prune: uniform() < 0.6, compact: uniform() < 0.4 };
  await updateIndex(heard, [photos], async () => clip, options);
}

function changePhotos(): void {
  const names = readdirSync(photos);
  const any = () => join(photos, names[below(names.length)] ?? 'none.png');
  // Each content has a time of its own: the system's clock for files takes steps of milliseconds
  const write = (path: string) => {
    writeFileSync(path, uniform() < 0.05 ? 'none' : pictureOf(below(2 ** 31)));
    utimesSync(path, 0, 1e9 + 1e5 * Number(seed) + written++);
  };
  for (let count = names.length < 60 ? below(30) : 0; count > 0; count--) write(join(photos, `${below(1e9)}.png`));
  for (let count = names.length > 0 ? below(6) : 0; count > 0; count--) {
    const [path, choice] = [any(), uniform()];
    if (!existsSync(path)) continue;
    if (choice < 0.3) write(path);
    else if (choice < 0.6) renameSync(path, uniform() < 0.3 ? any() : join(photos, `${below(1e9)}.png`));
    else rmSync(path);
  }
}

/** The same writer; what it is told to do is said before, and that it has done it after. */
function overheard(writer: IndexWriter): IndexWriter {
  const entryOf = (id: number) => writer.entries.find((entry) => entry.id === id)!;
  const around = async <T>(said: Said, work: () => Promise<T>): Promise<T> => {
    say(said);
    const result = await work();
    say({ kind: 'done' });
    return result;
  };
  const put = (entries: readonly { path: string; hash: string }[]) =>
    entries.map(({ path, hash }): [string, string] => [path, hash]);
  const paths = (ids: readonly number[]) => ids.map((id) => entryOf(id).path);
  return new Proxy(writer, {
    get: (target, name) => {
      const changed: Partial<IndexWriter> = {
        append: (entries, embeddings, replaced = []) =>
          around({ kind: 'append', taken: paths(replaced), put: put(entries) }, () =>
            target.append(entries, embeddings, replaced),
          ),
        update: (entries) =>
          around({ kind: 'update', taken: paths(entries.map(({ id }) => id)), put: put(entries) }, () =>
            target.update(entries),
          ),
        remove: (ids) => around({ kind: 'remove', taken: paths(ids), put: [] }, () => target.remove(ids)),
        compact: () => around({ kind: 'compact', taken: [], put: [] }, () => target.compact()),
      };
      return changed[name as keyof IndexWriter] ?? target[name as keyof IndexWriter];
    },
  });
}
