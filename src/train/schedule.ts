/** How the learning rate goes on after the warm-up: down along half a cosine, level, or level and then straight down to 0. */
export type Schedule = 'cosine' | 'constant' | 'cooldown';

export type ScheduleOptions = {
  schedule: Schedule;
  /** The learning rate at the end of the warm-up. */
  peak: number;
  /** Steps in which it rises from peak / warmup to the peak. */
  warmup: number;
  /** Steps in all. */
  steps: number;
  /** With 'cooldown', the last steps, in which it falls. */
  cooldown: number;
};

/**
 * The learning rate of a step: a function of the step alone, so that a run that was stopped goes on with the same. The three
 * are open_clip's `cosine_lr`, `const_lr` and `const_lr_cooldown`.
 * @param step counted from 0
 */
export function learningRateAt(step: number, { schedule, peak, warmup, steps, cooldown }: ScheduleOptions): number {
  if (step < warmup) return (peak * (step + 1)) / warmup;
  if (schedule === 'cosine') return (peak / 2) * (1 + Math.cos((Math.PI * (step - warmup)) / (steps - warmup)));
  if (schedule === 'cooldown') return peak * Math.min(1, (steps - step) / cooldown);
  return peak;
}

/** A schedule as it is asked for. */
export type ScheduleChoice = {
  /** Steps in all. The run ends earlier where there are no more batches. */
  steps: number;
  /** The highest learning rate; 1e-5 by default. */
  learningRate?: number;
  /** Steps in which the learning rate rises; a tenth of all by default. */
  warmup?: number;
  /** How it goes on then; 'cosine' by default. */
  schedule?: Schedule;
  /** The last steps, in which it falls with the schedule 'cooldown'; a fifth of all by default. */
  cooldown?: number;
};

/** The choice with its defaults. @throws RangeError on what is no schedule */
export function scheduleOf({
  steps,
  learningRate = 1e-5,
  schedule = 'cosine',
  ...choice
}: ScheduleChoice): ScheduleOptions {
  const { warmup = Math.round(steps / 10), cooldown = Math.round(steps / 5) } = choice;
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
  if (!(isCount(steps) && steps > 0))
    throw new RangeError(`Cannot train: expected steps to be a positive integer but got ${steps}`);
  if (!(isCount(warmup) && isCount(cooldown) && warmup <= steps))
    throw new RangeError(
      `Cannot train: expected warmup and cooldown to be whole numbers up to ${steps} but got ${warmup}, ${cooldown}`,
    );
  if (!(learningRate >= 0 && Number.isFinite(learningRate)))
    throw new RangeError(`Cannot train: expected learningRate from 0 but got ${learningRate}`);
  if (!['cosine', 'constant', 'cooldown'].includes(schedule))
    throw new RangeError(`Cannot train: expected schedule 'cosine', 'constant' or 'cooldown' but got '${schedule}'`);
  return { schedule, peak: learningRate, warmup, steps, cooldown };
}
