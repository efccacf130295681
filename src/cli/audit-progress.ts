import type { AuditStage } from '../node/audit/run-options.ts';
import { makeBar } from './progress.ts';

/**
 * Runs an audit and shows on standard error, where that is a terminal, how far it is: one bar, which names its stage.
 * @param work calls `onProgress` with the stage, what is done of it and all there is
 */
export async function withAuditProgress<T>(
  json: boolean | undefined,
  work: (onProgress: (stage: AuditStage, done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const bar = makeBar('{stage} {bar} {value}/{total} | {eta_formatted} left');
  const isShown = process.stderr.isTTY && !json;
  let shown: AuditStage | undefined;
  try {
    return await work((stage, done, total) => {
      if (!isShown) return;
      if (stage !== shown) {
        bar.stop();
        bar.start(total, done, { stage });
        shown = stage;
      }
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}
