import type { Request } from './programs/serve.ts';

export const caseNames = ['images', 'texts', 'classifier', 'folder', 'cold'] as const;
export type CaseName = (typeof caseNames)[number];

/** One column of the table that loaded programs fill in turn. */
export type Column = {
  case: CaseName;
  title: string;
  /** What is asked for so many pictures, texts or classes. */
  request: (count: number) => Request;
  /** The whole work of one run. */
  count: number;
  /** The least that can be run: of it are the trial, which is not counted, and the subset where the whole takes too long. */
  step: number;
  /** Of the whole: things per second, or the seconds that it takes. */
  unit: 'per second' | 'seconds';
  /** At most so many rounds, for what takes long. */
  rounds: number;
};

/** How much work each case is: for figures, or to see that all of it runs. */
export type Amount = { images: Record<number, number>; prompts: number; classes: number; files: number };

export const whole: Amount = { images: { 1: 8, 8: 16, 32: 32 }, prompts: 1600, classes: 1000, files: 500 };
export const quick: Amount = { images: { 1: 1, 8: 8, 32: 32 }, prompts: 64, classes: 8, files: 4 };

/** @param folder of the JPEGs */
export function columnsOf(amount: Amount, folder: string): Column[] {
  return [
    ...Object.entries(amount.images).map(
      ([batch, count]): Column => ({
        case: 'images',
        title: `images/s, batch ${batch}`,
        request: (asked) => ({ do: 'images', batch: Number(batch), count: asked }),
        count,
        step: Number(batch),
        unit: 'per second',
        rounds: Number.POSITIVE_INFINITY,
      }),
    ),
    {
      case: 'texts',
      title: 'texts/s',
      request: (count) => ({ do: 'texts', count }),
      count: amount.prompts,
      step: Math.min(64, amount.prompts),
      unit: 'per second',
      rounds: Number.POSITIVE_INFINITY,
    },
    {
      case: 'classifier',
      title: `classifier of ${amount.classes} classes, s`,
      request: (count) => ({ do: 'classifier', count }),
      count: amount.classes,
      step: 8,
      unit: 'seconds',
      rounds: 3,
    },
    {
      case: 'folder',
      title: `${amount.files} JPEGs, s`,
      request: (count) => ({ do: 'folder', directory: folder, count }),
      count: amount.files,
      step: Math.min(32, amount.files),
      unit: 'seconds',
      rounds: 3,
    },
  ];
}

/** How many of a column's things a program runs, from what the trial took: all, or whole steps of at most `limit` seconds. */
export function affordable({ count, step }: Column, trialSeconds: number, limit: number): number {
  if ((trialSeconds / step) * count <= limit) return count;
  return Math.min(count, step * Math.max(1, Math.floor(limit / trialSeconds)));
}

/** A run's value in the column's unit, scaled to the whole work where a part was run. */
export function valueInUnit({ unit, count }: Column, ran: number, seconds: number): number {
  return unit === 'per second' ? ran / seconds : (seconds * count) / ran;
}
