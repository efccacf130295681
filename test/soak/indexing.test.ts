import { killRounds } from '../node/indexing/kill-rounds.ts';

describe('indexing that is killed, at length', () => {
  it('has lost nothing that was acknowledged after each of 100 kills, and goes on', async () => {
    console.log(`      ${JSON.stringify(await killRounds(100, 1000))}`);
  }).timeout(3_600_000);
});
