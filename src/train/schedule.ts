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
