// Changes an index at random until it is killed: `node writer-child.js DIRECTORY SEED`. Says on stdout, a line of JSON each,
// what it is about to do and, once that is acknowledged, that it is done; see kill-rounds.ts.
import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createIndex, openIndexForWriting } from '../../../src/node/store/store.ts';
import { uniformNumbers } from '../../../src/random.ts';
import { headerOf, rowsOf } from './rows.ts';

/** Rows by hash: what is put there, with its path, and what is taken away. */
export type Said =
  | { kind: 'ready' }
  | { kind: 'done' }
  | { kind: 'append' | 'remove' | 'update' | 'compact'; put: [hash: string, path: string][]; taken: string[] };

const embedDim = 64;
const [directory = '', seed = '1'] = process.argv.slice(2);
const say = (said: Said) => writeSync(1, `${JSON.stringify(said)}\n`);
const uniform = uniformNumbers(Number(seed));
const below = (end: number) => Math.floor(uniform() * end);

const isThere = existsSync(join(directory, 'manifest.json'));
const writer = isThere ? await openIndexForWriting(directory) : await createIndex(directory, headerOf(embedDim));
say({ kind: 'ready' });

for (let count = 0; ; ) {
  const { entries } = writer;
  const chosen = Array.from({ length: entries.length > 0 ? below(20) : 0 }, () => entries[below(entries.length)]!);
  const some = [...new Set(chosen)];
  const choice = uniform();
  if (entries.length > 2000 || (choice > 0.5 && choice < 0.65)) {
    const removed = entries.length > 2000 ? entries.slice(0, 1500) : some;
    say({ kind: 'remove', put: [], taken: removed.map(({ hash }) => hash) });
    await writer.remove(removed.map(({ id }) => id));
  } else if (choice < 0.5) {
    const paths = Array.from({ length: 1 + below(100) }, () => `${seed} ${count++}`);
    const [added, embeddings] = rowsOf(paths, embedDim);
    const replaced = some.slice(0, 5);
    const put = added.map(({ hash, path }): [string, string] => [hash, path]);
    say({ kind: 'append', put, taken: replaced.map(({ hash }) => hash) });
    await writer.append(
      added,
      embeddings,
      replaced.map(({ id }) => id),
    );
  } else if (choice < 0.8) {
    const renamed = some.map((entry) => ({ ...entry, path: `${entry.path}'` }));
    say({ kind: 'update', put: renamed.map(({ hash, path }) => [hash, path]), taken: [] });
    await writer.update(renamed);
  } else {
    say({ kind: 'compact', put: [], taken: [] });
    await writer.compact();
  }
  say({ kind: 'done' });
}
