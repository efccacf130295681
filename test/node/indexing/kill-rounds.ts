import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Clip } from '../../../src/clip.ts';
import { embedImages } from '../../../src/embed.ts';
import { useBackend } from '../../../src/node/backend.ts';
import { contentHash } from '../../../src/node/content-hash.ts';
import { readImage } from '../../../src/node/images/read-image.ts';
import { updateIndex } from '../../../src/node/indexing/update-index.ts';
import { openIndex, openIndexForWriting } from '../../../src/node/store/store.ts';
import { uniformNumbers } from '../../../src/random.ts';
import { assertClose } from '../../assert-close.ts';
import { tinyClip } from '../../tiny-clip.ts';
import { makePlace } from '../store/place.ts';
import { contentOf } from './pictures.ts';
import type { Said } from './update-child.ts';

const script = fileURLToPath(new URL('./update-child.js', import.meta.url));

type Rows = Map<string, string>;

export type Outcome = { acknowledged: number; finished: number; killedIn: Record<string, number> };

/**
 * Kills a process that brings an index up to date, prunes and compacts it, at a random moment; round after round on the same index.
 * @throws AssertionError where an acknowledged row is lost, the index cannot be read, or the next run does not make it what the folder is
 */
export async function killRounds(rounds: number, seed: number): Promise<Outcome> {
  const place = await makePlace();
  const [photos, store] = [join(place, 'photos'), join(place, 'store')];
  mkdirSync(photos);
  await useBackend('cpu');
  const clip = tinyClip();
  const uniform = uniformNumbers(seed);
  const outcome: Outcome = { acknowledged: 0, finished: 0, killedIn: {} };
  let rows: Rows = new Map();
  try {
    for (let round = 0; round < rounds; round++) {
      const said = await runAndKill(place, seed + round, uniform, moments[round % moments.length]!);
      const { before, after, kind } = follow(rows, said);
      outcome.killedIn[kind] = (outcome.killedIn[kind] ?? 0) + 1;
      outcome.acknowledged += said.filter((line) => line.kind === 'done').length;
      if (!existsSync(join(store, 'manifest.json'))) continue; // killed before it was created
      rows = await rowsOf(store);
      if (!isSame(rows, after)) assertSame(rows, before, `round ${round}, killed in ${kind}`);
      if (uniform() < 0.3) continue; // the next one goes on with what this one left
      await finish(store, photos, clip);
      outcome.finished++;
      rows = await rowsOf(store);
    }
    return outcome;
  } finally {
    clip.dispose();
    await rm(place, { recursive: true });
  }
}

/** When to kill: at any moment, most of which is reading and embedding, or as soon as a commit of some kind has begun. */
const moments = ['any', 'append', 'compact', 'any', 'remove', 'update'] as const;

async function runAndKill(
  place: string,
  seed: number,
  uniform: () => number,
  moment: (typeof moments)[number],
): Promise<Said[]> {
  const child = spawn(process.execPath, [script, place, String(seed)], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  let output = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (output.includes(`"kind":"${moment === 'any' ? 'ready' : moment}"`)) resolve();
    });
  });
  await Promise.race([ready, ended]);
  await setTimeout(uniform() * (moment === 'any' ? 800 : 8));
  child.kill('SIGKILL');
  const [, signal] = await ended;
  assert.equal(signal, 'SIGKILL', 'it ended by itself');
  const lines = output.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Said);
}

/** The rows after all that was acknowledged, and after what was begun as well. */
function follow(rows: Rows, said: readonly Said[]): { before: Rows; after: Rows; kind: string } {
  let [before, after, kind] = [rows, rows, 'opening'];
  for (const line of said) {
    if (line.kind === 'done') before = after;
    else if ('put' in line) {
      after = new Map(before);
      for (const path of line.taken) after.delete(path);
      for (const [path, hash] of line.put) after.set(path, hash);
    }
    kind = line.kind;
  }
  return { before, after, kind: kind === 'done' || kind === 'ready' ? 'between' : kind };
}

async function rowsOf(store: string): Promise<Rows> {
  const { index } = await openIndex(store);
  const rows: Rows = new Map(index.entries.map(({ path, hash }) => [path, hash]));
  assert.equal(rows.size, index.entries.length, 'a path is there twice');
  return rows;
}

const isSame = (a: Rows, b: Rows) => a.size === b.size && [...a].every(([path, hash]) => b.get(path) === hash);

function assertSame(found: Rows, expected: Rows, what: string): void {
  const lost = [...expected].filter(([path, hash]) => found.get(path) !== hash);
  const more = [...found].filter(([path]) => !expected.has(path));
  assert.ok(isSame(found, expected), `${what}: ${lost.length} rows are lost or old, ${more.length} are too many`);
}

/** A run that nobody kills makes the index what a new one would be, and embeds nothing that was there. */
async function finish(store: string, photos: string, clip: Clip): Promise<void> {
  const before = new Set((await rowsOf(store)).values());
  const writer = await openIndexForWriting(store);
  const { added, changed, failed } = await updateIndex(writer, [photos], async () => clip, { workers: 0, prune: true });
  await writer.close();
  const content = contentOf((await openIndex(store)).index);
  const unreadable = new Set(failed.map(({ path }) => path));
  const paths = readdirSync(photos)
    .map((name) => join(photos, name))
    .filter((path) => !unreadable.has(path));
  assert.deepEqual([...content.keys()].sort(), paths.sort());
  let fresh = 0;
  for (const path of paths) {
    const [hash, vector] = content.get(path)!;
    assert.equal(hash, await contentHash(path));
    if (!before.has(hash)) fresh++;
    const [row] = await embedImages(clip, [await readImage(path)]);
    assertClose(path, vector, row!, 1e-5);
  }
  assert.ok(added + changed <= fresh, `${added + changed} were embedded, ${fresh} are new`);
}
