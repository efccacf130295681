import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makeGate } from '../../src/server/gate.ts';
import { Refusal } from '../../src/server/refusal.ts';

/** Work that ends when it is told to. */
function held(): { work: () => Promise<string>; end: () => void } {
  let end = () => {};
  const done = new Promise<string>((resolve) => {
    end = () => resolve('done');
  });
  return { work: () => done, end };
}

describe('the gate', () => {
  it('runs two, lets one wait and refuses the next with 503 and Retry-After', async () => {
    const gate = makeGate('all turns are taken', { running: 2, waiting: 1 });
    const works = [held(), held(), held()];
    const results = works.map(({ work }) => gate.run(work));
    assert.deepEqual([gate.running, gate.waiting], [2, 1]);
    await assert.rejects(gate.run(held().work), (error: Refusal) => {
      assert.equal(error.status, 503);
      assert.equal(error.headers['retry-after'], '1');
      assert.equal(error.message, 'Cannot serve now: all turns are taken (2 running, 1 waiting); try again in 1 s');
      return true;
    });
    for (const { end } of works) end();
    assert.deepEqual(await Promise.all(results), ['done', 'done', 'done']);
    assert.deepEqual([gate.running, gate.waiting], [0, 0]);
  });

  it('gives the turn of one that failed to the next', async () => {
    const gate = makeGate('', { running: 1, waiting: 1 });
    const failing = gate.run(() => Promise.reject(new Error('no')));
    const next = gate.run(async () => 'yes');
    await assert.rejects(failing, /no/);
    assert.equal(await next, 'yes');
  });

  it('forgets one that waits in vain, and does not begin with one that came too late', async () => {
    const gate = makeGate('', { running: 1, waiting: 1 });
    const first = held();
    const running = gate.run(first.work);
    const gone = new AbortController();
    let hasRun = false;
    const waiting = gate.run(async () => {
      hasRun = true;
    }, gone.signal);
    gone.abort(new Error('gone'));
    await assert.rejects(waiting, /gone/);
    assert.equal(gate.waiting, 0);
    await assert.rejects(
      gate.run(async () => 1, gone.signal),
      /gone/,
    );
    first.end();
    await running;
    assert.equal(hasRun, false);
    assert.equal(gate.running, 0);
  });

  it('never runs more than it may, runs all it has taken, and ends empty', async () => {
    const job = fc.record({ ticks: fc.nat(3), fails: fc.boolean(), leaves: fc.option(fc.nat(3), { nil: undefined }) });
    const property = fc.asyncProperty(
      fc.array(job, { maxLength: 20 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(4),
      async (jobs, running, waiting) => {
        const gate = makeGate('', { running, waiting });
        let [now, most] = [0, 0];
        const ticks = async (count: number) => {
          for (let i = 0; i < count; i++) await new Promise(setImmediate);
        };
        const results = jobs.map(({ ticks: length, fails, leaves }) => {
          const controller = new AbortController();
          if (leaves !== undefined) void ticks(leaves).then(() => controller.abort(new Error('left')));
          return gate.run(async () => {
            most = Math.max(most, ++now);
            await ticks(length);
            now--;
            if (fails) throw new Error('failed');
          }, controller.signal);
        });
        const settled = await Promise.allSettled(results);
        const refused = settled.filter(
          ({ status, ...rest }) => status === 'rejected' && (rest as { reason: unknown }).reason instanceof Refusal,
        );
        assert.equal(refused.length, Math.max(0, jobs.length - running - waiting));
        assert.ok(most <= running);
        assert.deepEqual([gate.running, gate.waiting, now], [0, 0, 0]);
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});
