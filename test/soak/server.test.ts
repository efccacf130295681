import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { encodePng } from '../../src/node/images/encode-png.ts';
import { uniformNumbers } from '../../src/random.ts';
import { drawing, makePlace, type Place, removePlace } from '../server/place.ts';

const connections = 32;
const seconds = Number(process.env.CLIP_TFJS_SOAK_SECONDS ?? 60);

type Kind = { path: () => string; body?: () => string | Uint8Array; type?: string };

describe('a server that 32 clients keep busy', () => {
  let place: Place;
  before(async () => {
    place = await makePlace(200);
  });
  after(() => removePlace(place));

  it(`refuses nothing without saying when to come again, and its memory stays as it was, for ${seconds} s`, async function () {
    if (process.platform === 'win32') this.skip(); // no ps there
    this.timeout(1000 * seconds + 120_000);
    const args = ['build/src/cli/main.js', 'serve', '--store', place.store, '--port', '0', '--backend', 'wasm'];
    const env = { ...process.env, CLIP_TFJS_CACHE: join(place.root, 'cache') };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    let said = '';
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr.on('data', (bytes) => {
        said += bytes;
        const found = /at (http:\/\/[\d.:]+)/.exec(said);
        if (found) resolve(found[1] as string);
      });
      child.once('exit', () => reject(new Error(said)));
    });

    const uniform = uniformNumbers(3);
    const id = () => Math.floor(200 * uniform());
    const words = () => `thing ${id()} and ${id()}`;
    const json = (body: unknown) => JSON.stringify(body);
    const pictures = Array.from({ length: 20 }, (_, i) => encodePng(drawing(i, 200, 150)));
    const kinds: Kind[] = [
      { path: () => '/api/health' },
      { path: () => `/api/thumbnails/${id()}` },
      { path: () => `/api/pictures/${id()}` },
      { path: () => '/api/search', body: () => json({ query: words(), k: 20 }) },
      { path: () => '/api/search', body: () => json({ terms: [{ text: words() }, { id: id(), weight: -0.5 }] }) },
      { path: () => '/api/search', body: () => json({ query: words(), labels: [words(), 'none'] }) },
      { path: () => '/api/similar', body: () => json({ id: id() }) },
      { path: () => '/api/search/picture', body: () => pictures[id() % 20]!, type: 'image/png' },
    ];
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const times = new Map<string, number[]>();
    const failures: string[] = [];
    let busy = 0;

    const one = ({
      path,
      body,
      type = 'application/json',
    }: Kind): Promise<{ status: number; wait: string | undefined }> =>
      new Promise((resolve, reject) => {
        const content = body?.();
        const headers =
          content === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(content) };
        const sent = request(
          url + path(),
          { agent, method: content === undefined ? 'GET' : 'POST', headers },
          (response) => {
            response.resume();
            response.on('end', () =>
              resolve({ status: response.statusCode as number, wait: response.headers['retry-after'] }),
            );
          },
        );
        sent.on('error', reject);
        sent.end(content);
      });
    const end = performance.now() + 1000 * seconds;
    const client = async (): Promise<void> => {
      while (performance.now() < end) {
        const kind = kinds[Math.floor(uniform() * kinds.length)] as Kind;
        const start = performance.now();
        const { status, wait } = await one(kind).catch((error) => ({ status: String(error), wait: undefined }));
        const name = kind.path().replace(/\d+$/, ':id');
        if (status === 503 && wait === '1') busy++;
        else if (status !== 200) failures.push(`${name}: ${status}`);
        else
          times
            .set(name, times.get(name) ?? [])
            .get(name)
            ?.push(performance.now() - start);
        if (status === 503) await new Promise((resolve) => setTimeout(resolve, 200));
      }
    };
    const megabytes: number[] = [];
    const clock = setInterval(() => megabytes.push(residentMegabytes(child.pid as number)), 1000);
    await Promise.all(Array.from({ length: connections }, client));
    clearInterval(clock);
    agent.destroy();
    child.kill('SIGTERM');
    assert.equal(await ended, 0, said);

    for (const [name, all] of times) {
      all.sort((a, b) => a - b);
      const at = (share: number) => Math.round(all[Math.floor(share * (all.length - 1))] as number);
      console.log(`      ${name}: ${all.length} answers, median ${at(0.5)} ms, 99 % within ${at(0.99)} ms`);
    }
    const [middle, last] = [median(third(megabytes, 1)), median(third(megabytes, 2))];
    console.log(
      `      ${busy} times 503; ${Math.round(middle)} MB in the second third, ${Math.round(last)} MB in the last`,
    );
    assert.deepEqual(failures, []);
    assert.ok(
      [...times.values()].every(({ length }) => length > 10),
      'every kind of request was served',
    );
    assert.ok(last < 1.1 * middle, `memory grew from ${middle} to ${last} MB: ${megabytes.map(Math.round)}`);
  });
});

function residentMegabytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

const third = (values: readonly number[], index: number): number[] =>
  values.slice(Math.floor((index * values.length) / 3), Math.floor(((index + 1) * values.length) / 3));

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
