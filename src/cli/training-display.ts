import { logScalars } from '../node/tensorboard/log-scalars.ts';
import { scoreText } from '../node/training/guard-warnings.ts';
import { type EpochEntry, isStep, type LogEntry, type StepEntry } from '../node/training/log.ts';
import { type LiveBlock, liveBlock, type Terminal } from './live-block.ts';
import { curveLines, type Panel, padTo } from './training-curves.ts';

/** How a training shows on standard error. */
export type TrainingDisplay = {
  step: (entry: StepEntry) => void;
  epoch: (entry: EpochEntry) => void;
  say: (message: string) => void;
  close: () => void;
};

/** A line now and then; a bar; or a bar below curves. */
export type DisplayKind = 'lines' | 'bar' | 'curves';

/** Steps whose mean time says how long the rest takes. */
const window = 20;

/** Where there is no terminal to draw a bar on, a step has a line at most so often, in milliseconds. */
const lineInterval = 10_000;

/** And a terminal is drawn anew at most so often. */
const drawInterval = 100;

/** Rows of a window in which curves leave room for what is said. */
const fewestRows = 12;

/** What a terminal can show: curves take characters that not every one has. */
export function displayKind(isTerminal: boolean, env: NodeJS.ProcessEnv, platform: string): DisplayKind {
  if (!isTerminal || env.TERM === 'dumb') return 'lines';
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  const hasBraille = (platform === 'win32' || /utf-?8/i.test(locale)) && env.TERM !== 'linux';
  return hasBraille && !env.NO_COLOR ? 'curves' : 'bar';
}

/** @param earlier the log of the steps before, where a run goes on */
export function openDisplay(
  steps: number,
  kind: DisplayKind,
  earlier: readonly LogEntry[] = [],
  terminal: Terminal = process.stderr,
): TrainingDisplay {
  const curves = followCurves();
  for (const entry of earlier) curves.add(entry);
  const times: number[] = [];
  let lastLine = Number.NEGATIVE_INFINITY;
  let status = '';
  const block: LiveBlock = liveBlock(terminal, (columns, rows) => {
    const drawn = kind === 'curves' && rows >= fewestRows ? curveLines(curves.panels(), columns) : [];
    return [...drawn, padTo(status, columns).trimEnd()];
  });
  const say = (message: string) => {
    block.clear();
    console.error(message);
    if (status !== '') block.redraw();
  };
  return {
    say,
    step: (entry) => {
      curves.add(entry);
      const now = performance.now();
      times.push(now);
      if (times.length > window) times.shift();
      const isDue = now - lastLine >= (kind === 'lines' ? lineInterval : drawInterval) || entry.step === steps;
      if (!isDue) return;
      lastLine = now;
      const { loss, temperature, rate, left } = figuresOf(entry, steps, times);
      if (kind === 'lines')
        return say(
          `step ${entry.step} of ${steps}: loss ${loss}, temperature ${temperature}, ${rate} samples/s, ${left} left`,
        );
      status = `${bar(entry.step / steps)} ${entry.step}/${steps} | loss ${loss} | temp. ${temperature} | ${rate}/s | ${left} left`;
      block.redraw();
    },
    epoch: (entry) => {
      curves.add(entry);
      say(describeEpoch(entry));
    },
    close: block.close,
  };
}

/** Gathers what is drawn: the loss by step; by epoch the loss of the validation and what else is measured. */
function followCurves(): { add: (entry: LogEntry) => void; panels: () => Panel[] } {
  const losses: (number | null)[] = [];
  const validations: (number | null)[] = [];
  const guards = new Map<string, (number | null)[]>();
  const put = (values: (number | null)[], place: number, value: number | null) => {
    while (values.length < place) values.push(null);
    values[place] = value;
  };
  const add = (entry: LogEntry) => {
    if (isStep(entry)) return put(losses, entry.step - 1, entry.loss);
    if (entry.validation) put(validations, entry.epoch, entry.validation.loss);
    for (const { tag, value } of logScalars(entry)) {
      if (tag !== 'guard/value') continue; // not its interval
      const values = guards.get(tag) ?? [];
      put(values, entry.epoch, Number.isFinite(value) ? value : null);
      guards.set(tag, values);
    }
  };
  const panels = () => [
    { title: 'loss', values: losses },
    { title: 'validation loss', values: validations },
    ...[...guards].map(([tag, values]) => ({ title: tag.replace('/', ' '), values })),
  ];
  return { add, panels };
}

const barWidth = 16;

function bar(share: number): string {
  const filled = Math.round(share * barWidth);
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled);
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
