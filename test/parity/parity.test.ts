import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { useBackend } from '../../src/node.ts';
import { onEachBackend } from '../golden.ts';
import type { Case } from './case.ts';
import { operatorCases, ownCases } from './cases/all.ts';
import { keepOnDevice, runCase } from './run-case.ts';
import { trapRows, traps } from './traps/all.ts';
import { checkTrap } from './traps/trap.ts';

onEachBackend((backend) => {
  describe('parity with plain TypeScript', () => {
    let restore: () => void;
    before(async () => {
      await useBackend(backend);
      restore = keepOnDevice(backend);
    });
    after(() => restore());

    for (const [topic, cases] of Object.entries({ ...operatorCases, ...ownCases })) {
      describe(topic, () => {
        for (const test of cases) check(test);
      });
    }

    describe('traps, still as docs/operator-traps.md says', () => {
      for (const trap of traps) it(trap.name, async () => assert.deepEqual(await checkTrap(trap, backend), []));
    });
  });
});

function check(test: Case): void {
  it(test.name, async () => assert.deepEqual((await runCase(test)).faults, []));
}

describe('docs/operator-traps.md', () => {
  it('has the rows of the table of traps', () => {
    const lines = readFileSync('docs/operator-traps.md', 'utf8').split('\n');
    const rows = lines.filter((line) => line.startsWith('| ')).map((line) => line.replace(/ +\|/g, ' |'));
    assert.deepEqual(rows.slice(2), trapRows());
  });
});
