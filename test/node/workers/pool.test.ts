import assert from 'node:assert/strict';
import { inBatches, inOrder } from '../../../src/node/workers/in-order.ts';
import { PoolError, type PoolOptions, WorkerCrash, WorkerPool } from '../../../src/node/workers/pool.ts';
import { ImageError } from '../../../src/node.ts';
import type { OddResult, OddTask } from './odd-worker.ts';

describe('WorkerPool', () => {
  let pool: WorkerPool<OddTask, OddResult>;
  const open = (options: PoolOptions) => {
    pool = new WorkerPool(new URL('./odd-worker.js', import.meta.url), options);
  };
  const answer = async (value: number, after?: number) =>
    (await pool.run({ do: 'answer', value, ...(after && { after }) })) as { value: number; thread: number };
  afterEach(() => pool.close());

  it('uses as many threads as it may, and no more', async () => {
    open({ threads: 2 });
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((value) => answer(value, 20)));
    assert.deepEqual(
      answers.map(({ value }) => value),
      [1, 2, 3, 4, 5, 6],
    );
    assert.equal(new Set(answers.map(({ thread }) => thread)).size, 2);
  });

  it('gives back what a task throws, and keeps the thread', async () => {
    open({ threads: 1 });
    const { thread } = await answer(1);
    await assert.rejects(
      pool.run({ do: 'throw' }),
      (error) => error instanceof ImageError && /it is odd/.test(error.message),
    );
    assert.equal((await answer(2)).thread, thread);
  });

  it('hands results over', async () => {
    open({ threads: 1 });
    assert.deepEqual(await pool.run({ do: 'hand over' }), new Float32Array(3).fill(1));
  });

  const crashes: [what: OddTask['do'], reason: RegExp, timeLimit?: number][] = [
    ['exit', /it ended with code 7/],
    ['trap', /memory access out of bounds/],
    ['hog', /memory limit/],
    ['loop', /it took longer than 100 ms/, 100],
  ];
  for (const [what, reason, timeLimit] of crashes) {
    it(`replaces a thread that is lost to '${what}', and gives the tasks behind it to the next`, async () => {
      open({ threads: 1, ahead: 3 });
      const { thread } = await answer(1);
      const lost = assert.rejects(
        pool.run({ do: what } as OddTask, timeLimit),
        (error) => error instanceof WorkerCrash && reason.test(error.message),
      );
      const behind = await Promise.all([answer(2), answer(3)]);
      await lost;
      assert.deepEqual(
        behind.map(({ value }) => value),
        [2, 3],
      );
      assert.ok(behind.every((after) => after.thread > thread));
    });
  }

  it('does not count against a task what this thread was busy with', async () => {
    open({ threads: 1 });
    await answer(1);
    const run = pool.run({ do: 'answer', value: 2 }, 50);
    await new Promise((resume) => setImmediate(resume));
    const end = performance.now() + 300;
    while (performance.now() < end);
    await run;
  });

  it('does not count the wait for a thread', async () => {
    open({ threads: 1 });
    await answer(1);
    await Promise.all([1, 2, 3, 4].map((value) => pool.run({ do: 'answer', value, after: 100 }, 250)));
  });

  it('fails when its threads do not start, without starting them over and over', async () => {
    open({ threads: 2, workerData: 'do not start' });
    await assert.rejects(answer(1), (error) => error instanceof PoolError && /no luck today/.test(error.message));
  });

  it('ends at once, in the midst of tasks', async () => {
    open({ threads: 2 });
    await answer(1);
    const running = ['loop', 'loop', 'loop'].map(() => assert.rejects(pool.run({ do: 'loop' }), PoolError));
    const start = performance.now();
    await pool.close();
    await Promise.all(running);
    assert.ok(performance.now() - start < 2000);
    await assert.rejects(answer(2), PoolError);
  });
});

describe('inOrder()', () => {
  it('keeps the order, and starts no more than it is told', async () => {
    let running = 0;
    let most = 0;
    let taken = 0;
    function* numbers() {
      for (; taken < 20; taken++) yield taken;
    }
    const results: number[] = [];
    for await (const result of inOrder(numbers(), 3, async (value) => {
      most = Math.max(most, ++running);
      await new Promise((resume) => setTimeout(resume, value % 3 === 0 ? 20 : 1));
      running--;
      return value;
    })) {
      assert.ok(taken - results.length <= 3, 'items wait in the source until they are needed');
      results.push(result);
    }
    assert.deepEqual(
      results,
      Array.from({ length: 20 }, (_, i) => i),
    );
    assert.equal(most, 3);
  });

  it('passes on what fails, and nothing is left unhandled', async () => {
    const run = async () => {
      for await (const _ of inOrder([1, 2, 3], 3, async (value) => {
        throw new Error(`no ${value}`);
      }));
    };
    await assert.rejects(run(), /no 1/);
  });
});

describe('inBatches()', () => {
  it('groups items, the last group with what is left', async () => {
    const batches: number[][] = [];
    for await (const batch of inBatches([1, 2, 3, 4, 5], 2)) batches.push(batch);
    assert.deepEqual(batches, [[1, 2], [3, 4], [5]]);
  });
});
