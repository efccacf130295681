import cliProgress from 'cli-progress';
import { megabytes, type Report } from '../node/native/report.ts';

/** Steps as lines; bytes as a bar, where a terminal shows it, which `stop` takes away where it does not come to its end. */
export function makeReport(): Report & { stop: () => void } {
  const format = '{bar} {percentage}% | {done} of {size} | {eta_formatted} left';
  const progress = new cliProgress.SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, noTTYOutput: false },
    cliProgress.Presets.shades_classic,
  );
  return {
    step: (what) => console.error(what),
    bytes: (done, total) => {
      if (!process.stderr.isTTY) return;
      const payload = { done: megabytes(done), size: megabytes(total) };
      if (progress.isActive) progress.update(done, payload);
      else progress.start(total, done, payload);
      if (done >= total) progress.stop();
    },
    stop: () => progress.stop(),
  };
}
