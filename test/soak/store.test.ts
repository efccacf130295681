import { killRounds } from '../node/store/kill-rounds.ts';

describe('an index whose writer is killed a hundred times', () => {
  it('holds what was acknowledged, and leaves nothing over', async () => {
    console.log(`      ${JSON.stringify(await killRounds(100, 1000))}`);
  }).timeout(600_000);
});
