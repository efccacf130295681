import { killRounds } from './kill-rounds.ts';

describe('indexing that is killed', () => {
  // 100 rounds: npm run test:kills
  it('has lost nothing that was acknowledged after each of 20 kills, and goes on', async () => {
    console.log(`      ${JSON.stringify(await killRounds(20, 1))}`);
  }).timeout(300_000);
});
