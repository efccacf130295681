import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { onEachBackend } from '../golden.ts';

type Outcome = { tensorsLeft: number; perThousand: number; megabytes: number[] };

describe('thousands of embeddings', () => {
  onEachBackend((backend) => {
    it('leave tensors and resident memory as they were, and the process ends by itself', function () {
      this.timeout(300_000);
      const script = join('build', 'test', 'soak', 'thousand-embeddings.js');
      const output = execFileSync(process.execPath, ['--expose-gc', script, backend], {
        encoding: 'utf8',
        timeout: 280_000,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const { tensorsLeft, perThousand, megabytes } = JSON.parse(output.trim().split('\n').at(-1) as string) as Outcome;
      console.log(`      ${perThousand.toFixed(2)} MB more per 1,000, at ${megabytes.at(-1)?.toFixed(0)} MB`);
      assert.equal(tensorsLeft, 0);
      assert.ok(perThousand < 1, `${perThousand} MB more per 1,000 embeddings: ${megabytes.map(Math.round)}`);
    });
  });
});
