import assert from 'node:assert/strict';
import { type Circumstances, type Plan, planWorkers } from '../../../src/node/workers/plan.ts';

describe('planWorkers()', () => {
  const vitB32 = 350e6;
  const usual: Circumstances = {
    backend: 'wasm',
    processors: 8,
    memory: 64e9,
    towerBytes: vitB32,
    pictures: 10_000,
    batchSize: 16,
  };
  const cases: [what: string, workers: number | 'auto', changes: Partial<Circumstances>, plan: Plan][] = [
    ['every processor embeds on wasm', 'auto', {}, { threads: 8, embed: true }],
    ['as many as half the memory holds', 'auto', { memory: 6e9 }, { threads: 3, embed: true }],
    ['others decode where two models do not fit', 'auto', { memory: 3e9 }, { threads: 7, embed: false }],
    ['none where there is no memory at all', 'auto', { memory: 1e8 }, { threads: 0, embed: false }],
    ['no more than there are batches', 'auto', { pictures: 50 }, { threads: 3, embed: true }],
    ['few pictures are decoded by few', 'auto', { pictures: 20 }, { threads: 2, embed: false }],
    ['a handful stays in this thread', 'auto', { pictures: 5 }, { threads: 0, embed: false }],
    ['a native engine gets decoders', 'auto', { backend: 'tensorflow' }, { threads: 7, embed: false }],
    ['one processor has no other', 'auto', { processors: 1 }, { threads: 0, embed: false }],
    ['pictures of unknown number', 'auto', { pictures: undefined }, { threads: 8, embed: true }],
    ['a number is kept to', 3, { pictures: 1, memory: 0 }, { threads: 3, embed: true }],
    ['also with a native engine', 3, { backend: 'webgpu' }, { threads: 3, embed: false }],
    ['none', 0, {}, { threads: 0, embed: false }],
  ];
  for (const [what, workers, changes, plan] of cases) {
    it(`${workers}: ${what}`, () => assert.deepEqual(planWorkers(workers, { ...usual, ...changes }), plan));
  }

  for (const workers of [-1, 1.5, Number.NaN, 'all' as 'auto']) {
    it(`refuses ${workers}`, () => {
      assert.throws(
        () => planWorkers(workers, usual),
        /expected workers to be 'auto', 0 or a positive integer but got/,
      );
    });
  }
});
