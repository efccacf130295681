import type { Balance } from './find-balance.ts';
import type { TopCaption } from './find-shared-captions.ts';
import type { Drop, FindingKind, Severity } from './kinds.ts';
import type { PictureSource } from './picture-source.ts';
import type { SetName } from './rows.ts';

export type Verdict = 'fit to train' | 'trainable with warnings' | 'not trainable';

/** A row at which something was found, with the absolute path of its picture; a row that cannot be used has none. */
export type Place = Partial<PictureSource> & {
  set: SetName;
  /** Line of the file, from 1; in a folder or in shards, the picture's number. */
  line: number;
  /** Of a row that cannot be used, where it is no line: in words. `placeText` says where any is. */
  place?: string;
  /** Its place among the pairs of the split that can be used, from 0. */
  pair?: number;
  /** As the model reads it: cleaned, in lower case; of a long one the beginning. */
  caption?: string;
  /** What shows it. */
  detail?: string;
  /** Places of one number belong together. */
  group?: number;
  /** Whether a clean list is without it. */
  drop: boolean;
};

export type Finding = {
  kind: FindingKind;
  severity: Severity;
  title: string;
  /** What it does to training. */
  effect: string;
  cure: string;
  drop: Drop;
  /** Rows; of `class-imbalance` and `lone-concept`, concepts. */
  count: number;
  /** `count` of all rows of all splits, usable or not; of concepts, of all concepts. */
  share: number;
  /** Of an error: what it was found by. */
  detail?: string;
  /** All of them, in order; an error is about a whole split, and has none. */
  places: Place[];
};

/** What `checkPairs` has found out about a data set. */
export type PairsReport = {
  verdict: Verdict;
  sets: { name: SetName; source: string; rows: number; unusable: number }[];
  pictures: number;
  unreadable: number;
  captions: number;
  /** What the pictures and captions were held against. */
  model: { name: string; imageSize: number; contextLength: number };
  falseNegatives: { batchSize: number; pairShare: number; comparisonShare: number; formula: string };
  topCaptions: TopCaption[];
  balance: Balance | null;
  /** Errors first, then warnings, then notes. */
  findings: Finding[];
  seconds: number;
};
