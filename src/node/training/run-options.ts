import type { GuardScore } from '../../evaluate/guard.ts';
import type { Augmentation } from '../../image/augment.ts';
import type { Validation } from '../../train/validate.ts';
import type { BadRow } from '../pairs.ts';
import type { GuardChoice, GuardNotes } from './guard.ts';
import type { TrainingSettings } from './settings.ts';

export type RunOptions = {
  /** Where model, log, report and checkpoints go. */
  out: string;
  settings: TrainingSettings;
  augmentation?: Augmentation;
  /** Turns pictures as their EXIF orientation says. */
  exifRotate?: boolean;
  /** What the model is called, for run.json. */
  model?: string;
  /** Also writes event files for TensorBoard: into this directory, or, where true, into `tensorboard` in `out`. */
  tensorboard?: string | boolean;
  /** Share of the rows that may be bad; 0.05 by default. */
  maxBad?: number;
  /** Threads that prepare samples; 0: none; 'auto', the default: all processors but one, where there are pictures for them. */
  workers?: number | 'auto';
  /**
   * Where the features of a tower that is not trained are kept, which then runs once and not in each step; a folder of the user's cache by default.
   * False: nowhere. Where pictures are varied, the image tower runs in each step.
   */
  cacheFeatures?: string | false;
  /** Time between two checkpoints: 60 by default, or twenty times what one takes; 0: after every step. */
  checkpointSeconds?: number;
  /** Measures before the first step and after each epoch what the model knows of other pictures. */
  guard?: GuardChoice;
  /** Stops after a step, with a checkpoint. */
  signal?: AbortSignal;
  /** Hears what a person should know: bad rows, warnings, what was chosen. */
  report?: (message: string) => void;
};

export type RunResult = {
  /** False where the signal stopped it. */
  isFinished: boolean;
  step: number;
  steps: number;
  /** The step after which this call went on; 0 where it began. */
  resumedFrom: number;
  skipped: number;
  bad: readonly BadRow[];
  /** With a validation, or where the guard may end the run: the epoch whose weights were saved. */
  best?: BestEpoch;
  /** What the guard set showed; `isOver`: it has ended the run. */
  guard?: GuardNotes & { isOver: boolean };
};

/**
 * The epoch with the lowest loss on the validation. Where the guard may end the run, it is one of those that kept within the allowed
 * drop, and without a validation the last of them.
 */
export type BestEpoch = { epoch: number; validation?: Validation; guard?: GuardScore };
