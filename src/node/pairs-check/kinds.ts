import type { CaptionFaultKind } from '../../train/caption-faults.ts';

/** An error: not trainable. A warning: training works, and worse than it could. A note: to know, and often as it should be. */
export type Severity = 'error' | 'warning' | 'note';

/**
 * Which rows of a finding a clean list is without: all, all but the first of each group, those of a split whose group is in a later
 * one too (training, validation, test), or none, because the cure is another.
 */
export type Drop = 'all' | 'all but the first' | 'what a later split has' | 'none';

export type Kind = { severity: Severity; title: string; effect: string; cure: string; drop: Drop };

export type FindingKind =
  | CaptionFaultKind
  | 'too-few-pairs'
  | 'too-many-bad-rows'
  | 'unusable-row'
  | 'unreadable-picture'
  | 'one-colour-picture'
  | 'small-picture'
  | 'long-picture'
  | 'transparent-picture'
  | 'animated-picture'
  | 'repeated-pair'
  | 'repeated-picture'
  | 'near-picture'
  | 'alike-picture'
  | 'conflicting-concepts'
  | 'several-rows'
  | 'repeated-caption'
  | 'leaked-picture'
  | 'leaked-near-picture'
  | 'leaked-caption'
  | 'class-imbalance'
  | 'lone-concept';
