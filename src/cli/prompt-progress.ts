import cliProgress from 'cli-progress';

/** Prompts from which on their embedding is shown: fewer are done before anyone wonders. */
const fewestShown = 256;

export type PromptProgress = { onProgress: (done: number, total: number) => void; stop: () => void };

/** Shows on standard error how far the prompts of an ensemble are, and how many were kept from before. */
export function makePromptProgress(json = false): PromptProgress {
  const bar = new cliProgress.SingleBar(
    {
      format: 'prompts {bar} {value}/{total} | {eta_formatted} left',
      ...{ stream: process.stderr, clearOnComplete: true, noTTYOutput: false },
    },
    cliProgress.Presets.shades_classic,
  );
  const isShown = process.stderr.isTTY && !json;
  let isFirst = true;
  return {
    onProgress: (done, total) => {
      if (isFirst && isShown && total >= fewestShown) bar.start(total, done);
      isFirst = false;
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
