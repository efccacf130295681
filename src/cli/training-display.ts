import cliProgress from 'cli-progress';
import { scoreText } from '../node/training/guard-warnings.ts';
import type { EpochEntry, StepEntry } from '../node/training/log.ts';

/** How a training shows on standard error. */
export type TrainingDisplay = {
  step: (entry: StepEntry) => void;
  epoch: (entry: EpochEntry) => void;
  say: (message: string) => void;
  close: () => void;
};

/** Steps whose mean time says how long the rest takes. */
const window = 20;

/** Where there is no terminal to draw a bar on, a step has a line at most so often, in milliseconds. */
const lineInterval = 10_000;

export function openDisplay(steps: number, hasBar: boolean): TrainingDisplay {
  const format = '{bar} {value}/{total} | loss {loss} | temp. {temperature} | {rate}/s | {left} left';
  const bar = new cliProgress.SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, linewrap: false, barsize: 16 },
    cliProgress.Presets.shades_classic,
  );
  let isDrawn = false;
  let lastLine = Number.NEGATIVE_INFINITY;
  const times: number[] = [];
  const say = (message: string) => {
    if (isDrawn) process.stderr.write('\r\u001b[2K');
    console.error(message);
  };
  return {
    say,
    step: (entry) => {
      const now = performance.now();
      times.push(now);
      if (times.length > window) times.shift();
      const figures = figuresOf(entry, steps, times);
      if (hasBar) {
        if (!isDrawn) bar.start(steps, entry.step, figures);
        isDrawn = true;
        bar.update(entry.step, figures);
      } else if (now - lastLine >= lineInterval) {
        lastLine = now;
        const { loss, temperature, rate, left } = figures;
        say(
          `step ${entry.step} of ${steps}: loss ${loss}, temperature ${temperature}, ${rate} samples/s, ${left} left`,
        );
      }
    },
    epoch: (entry) => say(describeEpoch(entry)),
    close: () => bar.stop(),
  };
}

function figuresOf({ step, loss, logitScale, samplesPerSecond }: StepEntry, steps: number, times: readonly number[]) {
  const [first = 0] = times;
  const perStep = times.length > 1 ? ((times.at(-1) as number) - first) / (times.length - 1) : Number.NaN;
  return {
    loss: loss?.toFixed(3) ?? 'not finite',
    temperature: (1 / logitScale).toFixed(4),
    rate: samplesPerSecond.toPrecision(3),
    left: Number.isNaN(perStep) ? '?' : duration((perStep * (steps - step)) / 1000),
  };
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

function describeEpoch({ epoch, meanLoss, validation, guard, best }: EpochEntry): string {
  const trained = epoch === 0 ? 'before training' : `epoch ${epoch}: loss ${meanLoss?.toFixed(3) ?? 'not finite'}`;
  const known = guard ? `; guard: ${scoreText(guard)}` : '';
  const kept = best ? ' (best so far, saved)' : '';
  if (!validation) return `${trained}${known}${best ? ' (saved)' : ''}`;
  const { loss, imageToText, textToImage } = validation;
  const recall = (side: typeof imageToText) =>
    [side['recall@1'], side['recall@5'], side['recall@10']].map((share) => share.toFixed(2)).join('/');
  const recalls = `recall@1/5/10 picture to text ${recall(imageToText)}, text to picture ${recall(textToImage)}`;
  return `${trained}; validation: loss ${loss.toFixed(3)}, ${recalls}${known}${kept}`;
}
