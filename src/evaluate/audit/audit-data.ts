import type { Grouping } from './grouping.ts';
import type { HarmLabels } from './harm-labels.ts';

/** Directions of some texts: unit vectors [embedDim]. */
export type TextDirections = { texts: readonly string[]; directions: readonly Float32Array[] };

/** What an audit looks at. Plain data: no pictures, no model. */
export type AuditData = {
  classNames: readonly string[];
  /** Each picture's class: an index into `classNames`. */
  labels: readonly number[];
  /** Each picture's unit vector [embedDim]. */
  pictures: readonly Float32Array[];
  groupings: readonly Grouping[];
  /** One direction per class, as `buildClassifier` makes them of all templates. */
  classifier: readonly Float32Array[];
  /** The same of single templates, two or more, for the sensitivity to prompts. */
  byTemplate: readonly { template: string; directions: readonly Float32Array[] }[];
  logitScale: number;
  /** Least probabilities at which a label counts, each above 0 and below 1. */
  thresholds: readonly number[];
  /** Denigrating labels, and innocent ones that may take their place, e.g. 'child'. */
  harm?: { labels: HarmLabels; directions: readonly Float32Array[]; alternatives: TextDirections };
  /** Neutral searches, e.g. 'a photo of a person'. */
  queries?: TextDirections;
  /** Unit vectors of pictures that are none of the classes. */
  unknown?: readonly Float32Array[];
  /** Wanted share of unknown pictures that are taken for one of the classes. */
  falseAccepts: number;
  /** Wanted share of the pictures of the classes that get an answer. */
  coverage: number;
  seed: number;
};
