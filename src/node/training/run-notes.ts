import { join } from 'node:path';
import type { TrainingPlan } from '../../train/memory.ts';
import type { Progress, TrainingState } from '../../train/training-state.ts';
import { findCheckpoint } from '../checkpoints.ts';
import type { BadRow } from '../pairs.ts';
import type { GuardNotes } from './guard.ts';
import type { RunIdentity } from './identity.ts';
import type { BestEpoch } from './run-options.ts';

/** What a checkpoint keeps beside the numbers. */
export type RunNotes = {
  identity: RunIdentity;
  plan: TrainingPlan;
  logBytes: number;
  bad: BadRow[];
  badValidation: BadRow[];
  best?: BestEpoch;
  guard?: GuardNotes;
  /** The directory whose event files have every line of the log. */
  tensorboard?: string;
};

/** Where an earlier call has left a run. */
export type EarlierRun = { notes: RunNotes; progress: Progress; read: () => Promise<TrainingState> };

/** Where a run's checkpoints are. */
export function checkpointsIn(out: string): string {
  return join(out, 'checkpoints');
}

/** What the newest checkpoint in a run's directory says; undefined where there is none. */
export async function findEarlierRun(out: string): Promise<EarlierRun | undefined> {
  return findCheckpoint<RunNotes>(checkpointsIn(out));
}
