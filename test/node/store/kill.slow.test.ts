import { killRounds } from './kill-rounds.ts';

describe('an index whose writer is killed', () => {
  // 100 rounds: npm run test:kills
  it('holds what was acknowledged, after each of 20 kills at random moments, and leaves nothing over', async () => {
    console.log(`      ${JSON.stringify(await killRounds(20, 1))}`);
  }).timeout(240_000);
});
