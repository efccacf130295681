import { makeBar } from './progress.ts';

/** Shows on standard error, where that is a terminal: how much is done, how fast, and the time left. */
export type RateProgress = { onProgress: (done: number, total: number) => void; stop: () => void };

export function makeRateProgress(json = false): RateProgress {
  const bar = makeBar('{bar} {value}/{total} | {rate}/s | {eta_formatted} left');
  const isShown = process.stderr.isTTY && !json;
  const start = performance.now();
  return {
    onProgress: (done, total) => {
      if (!isShown) return;
      const rate = ((1000 * done) / (performance.now() - start)).toFixed(1);
      if (!bar.isActive) bar.start(total, done, { rate });
      bar.update(done, { rate });
    },
    stop: () => bar.stop(),
  };
}
