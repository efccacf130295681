import cliProgress from 'cli-progress';

/** Items from which on their number is shown: fewer are done before anyone wonders. */
const fewestShown = 256;

export type Progress = { onProgress: (done: number, total: number) => void; stop: () => void };

/** Shows on standard error, where that is a terminal, how far work is. */
export function makeProgress(what: string, json = false): Progress {
  const format = `${what} {bar} {value}/{total} | {eta_formatted} left`;
  const bar = new cliProgress.SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, noTTYOutput: false },
    cliProgress.Presets.shades_classic,
  );
  const isAllowed = process.stderr.isTTY && !json;
  return {
    onProgress: (done, total) => {
      if (!isAllowed || total < fewestShown) return;
      if (bar.isActive) bar.update(done);
      else bar.start(total, done);
    },
    stop: () => bar.stop(),
  };
}
