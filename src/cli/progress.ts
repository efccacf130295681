import cliProgress from 'cli-progress';

/** Items from which on their number is shown: fewer are done before anyone wonders. */
const fewestShown = 256;

/** A bar on standard error. @param format cli-progress's */
export function makeBar(format: string): cliProgress.SingleBar {
  return new cliProgress.SingleBar(
    {
      format,
      ...{ stream: process.stderr, clearOnComplete: true, noTTYOutput: false },
      linewrap: true, // it would stay off after Ctrl-C
    },
    cliProgress.Presets.shades_classic,
  );
}

/**
 * Does work and shows on standard error, where that is a terminal, how far it is.
 * @param what is counted
 * @param work calls `onProgress` with what is done and all there is
 */
export async function withProgress<T>(
  what: string,
  json: boolean | undefined,
  work: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const bar = makeBar(`${what} {bar} {value}/{total} | {eta_formatted} left`);
  const isAllowed = process.stderr.isTTY && !json;
  try {
    return await work((done, total) => {
      if (!isAllowed || total < fewestShown) return;
      if (bar.isActive) bar.update(done);
      else bar.start(total, done);
    });
  } finally {
    bar.stop();
  }
}
