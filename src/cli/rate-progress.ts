import cliProgress from 'cli-progress';

/** Shows on standard error, where that is a terminal: how much is done, how fast, and the time left. */
export type RateProgress = { onProgress: (done: number, total: number) => void; stop: () => void };

export function makeRateProgress(json = false): RateProgress {
  const format = '{bar} {value}/{total} | {rate}/s | {eta_formatted} left';
  const bar = new cliProgress.SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, noTTYOutput: false },
    cliProgress.Presets.shades_classic,
  );
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
