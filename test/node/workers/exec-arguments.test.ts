import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { workerExecArguments } from '../../../src/node/workers/exec-arguments.ts';

const run = promisify(execFile);

describe('workerExecArguments', () => {
  const cases: [own: string[], kept: string[]][] = [
    [['--input-type=module', '-e', 'work()'], []],
    [['--input-type', 'module', '--eval=work()'], []],
    [
      ['--no-warnings', '--print', 'work()', '--max-old-space-size=64'],
      ['--no-warnings', '--max-old-space-size=64'],
    ],
    [
      ['-p', '-e', 'work()', '--import', './hook.js'],
      ['--import', './hook.js'],
    ],
    [['--enable-source-maps'], ['--enable-source-maps']],
  ];
  for (const [own, kept] of cases)
    it(`of '${own.join(' ')}' keeps '${kept.join(' ')}'`, () => assert.deepEqual(workerExecArguments(own), kept));

  it('starts threads in a program that stands on the command line', async () => {
    const pool = new URL('../../../src/node/workers/pool.js', import.meta.url);
    const script = new URL('./odd-worker.js', import.meta.url);
    const program = `
      import { WorkerPool } from '${pool}';
      const pool = new WorkerPool(new URL('${script}'), { threads: 1 });
      console.log((await pool.run({ do: 'answer', value: 41 })).value);
      await pool.close();`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program]);
    assert.equal(stdout, '41\n');
  });
});
