// One of several processes at one index, for some time: `node pair-child.js DIRECTORY write|read MILLISECONDS`.
// Prints what it did as JSON; ends with 1 where a version is none that was committed. See readers.slow.test.ts.
import { setTimeout } from 'node:timers/promises';
import { IndexLockedError, openIndex, openIndexForWriting, readIndexParts } from '../../../src/node/store/store.ts';
import type { Entry } from '../../../src/search/entry.ts';
import { faultOf, rowsOf } from './rows.ts';

/** Every commit takes the oldest group away and puts a new one there: a version has so many groups, each whole. */
const groups = 6;
const perGroup = 7;

const [directory = '', role, milliseconds] = process.argv.slice(2);
const end = Date.now() + Number(milliseconds);
const counts = role === 'write' ? await write() : await read();
console.log(JSON.stringify(counts));

/** Opens and closes again and again, so that the other writer has its turn. */
async function write() {
  const counts = { commits: 0, locked: 0, versions: 0 };
  while (Date.now() < end) {
    try {
      const writer = await openIndexForWriting(directory);
      for (let turn = 0; turn < 5; turn++) {
        const { entries } = writer;
        const oldest = entries.slice(0, perGroup);
        const group = `${process.pid}-${counts.commits++}`;
        const paths = Array.from({ length: perGroup }, (_, i) => `${group}/${i}`);
        await writer.append(
          ...rowsOf(paths, 16),
          oldest.map(({ id }) => id),
        );
        if (turn === 3) await writer.compact();
      }
      await writer.close();
    } catch (error) {
      if (!(error instanceof IndexLockedError) || error.holder.pid === process.pid) throw error;
      counts.locked++;
    }
    await setTimeout(Math.random() * 20);
  }
  return counts;
}

async function read() {
  const counts = { commits: 0, locked: 0, versions: 0 };
  const reader = await openIndex(directory);
  for (let version = 0; Date.now() < end; ) {
    if (await reader.refresh()) counts.versions++;
    if (reader.version < version) throw new Error(`version ${reader.version} came after ${version}`);
    version = reader.version;
    const fresh = await openIndex(directory);
    const parts: Entry[] = [];
    for await (const { entries } of readIndexParts(directory)) parts.push(...entries);
    for (const fault of [faultOf(reader.index), faultOf(fresh.index)]) if (fault) throw new Error(fault);
    for (const entries of [reader.index.entries, fresh.index.entries, parts]) assertWhole(entries);
    await setTimeout(Math.random() * 5);
  }
  return counts;
}

function assertWhole(entries: readonly Entry[]): void {
  const found = new Map<string, number>();
  for (const { path } of entries) {
    const [group = ''] = path.split('/');
    found.set(group, (found.get(group) ?? 0) + 1);
  }
  const sizes = [...found.values()];
  if (found.size !== groups || sizes.some((size) => size !== perGroup))
    throw new Error(`a version has groups of ${sizes}`);
}
