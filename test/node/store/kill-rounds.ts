import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { namedFiles } from '../../../src/node/store/layout.ts';
import { readManifest } from '../../../src/node/store/manifest.ts';
import { openIndex, openIndexForWriting } from '../../../src/node/store/store.ts';
import { uniformNumbers } from '../../../src/random.ts';
import { makePlace } from './place.ts';
import { faultOf } from './rows.ts';
import type { Said } from './writer-child.ts';

const script = fileURLToPath(new URL('./writer-child.js', import.meta.url));

/** What the rounds met with. */
export type Outcome = { acknowledged: number; leftovers: number; killedIn: Record<string, number> };

type Rows = Map<string, string>;

/**
 * Kills a process that changes an index, at a random moment, and looks at what is there; round after round on the same index.
 * @throws AssertionError where an acknowledged change is not there, half of another is, the index cannot be read, or
 * leftovers stay
 */
export async function killRounds(rounds: number, seed: number): Promise<Outcome> {
  const place = await makePlace();
  const directory = join(place, 'store');
  const uniform = uniformNumbers(seed);
  const outcome: Outcome = { acknowledged: 0, leftovers: 0, killedIn: {} };
  let rows: Rows = new Map();
  try {
    for (let round = 0; round < rounds; round++) {
      const said = await runAndKill(directory, seed + round, uniform);
      const { before, after, kind } = follow(rows, said);
      outcome.killedIn[kind] = (outcome.killedIn[kind] ?? 0) + 1;
      outcome.acknowledged += said.filter((line) => line.kind === 'done').length;
      if (!existsSync(join(directory, 'manifest.json'))) continue; // killed before it was created
      const { index } = await openIndex(directory);
      assert.equal(faultOf(index), undefined);
      const found: Rows = new Map(index.entries.map(({ hash, path }) => [hash, path]));
      assert.equal(found.size, index.entries.length, 'a row is there twice');
      if (!isSame(found, after)) assertSame(found, before, `round ${round}, killed in ${kind}`);
      rows = found;
      outcome.leftovers += await collect(directory);
    }
    return outcome;
  } finally {
    await rm(place, { recursive: true });
  }
}

/** Mostly while it changes something, at times while it opens the index. */
async function runAndKill(directory: string, seed: number, uniform: () => number): Promise<Said[]> {
  const child = spawn(process.execPath, [script, directory, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let output = '';
  let sayReady = () => {};
  const ready = new Promise<void>((resolve) => {
    sayReady = resolve;
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    sayReady();
  });
  const isEarly = uniform() < 0.2;
  if (!isEarly) await Promise.race([ready, ended]);
  await setTimeout(uniform() * 250);
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
      for (const hash of line.taken) after.delete(hash);
      for (const [hash, path] of line.put) after.set(hash, path);
    }
    kind = line.kind;
  }
  return { before, after, kind: kind === 'done' || kind === 'ready' ? 'between' : kind };
}

const isSame = (a: Rows, b: Rows) => a.size === b.size && [...a].every(([hash, path]) => b.get(hash) === path);

function assertSame(found: Rows, expected: Rows, what: string): void {
  const lost = [...expected].filter(([hash, path]) => found.get(hash) !== path);
  const more = [...found].filter(([hash]) => !expected.has(hash));
  assert.ok(
    isSame(found, expected),
    `${what}: ${lost.length} rows are lost or old, ${more.length} should not be there`,
  );
}

/** What the next writer finds left over, and deletes. */
async function collect(directory: string): Promise<number> {
  const list = async () => (await readdir(directory, { recursive: true })).length;
  const before = await list();
  const writer = await openIndexForWriting(directory);
  await writer.close();
  const named = [...namedFiles(await readManifest(directory))].map((file) => join('shards', file));
  const files = (await readdir(directory, { recursive: true })).sort();
  assert.deepEqual(files, ['manifest.json', 'shards', ...named].sort());
  return before - files.length;
}
