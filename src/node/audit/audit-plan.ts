import type { ClassPrompts } from '../../classify/class-prompts.ts';
import type { Gate } from '../../evaluate/audit/gates.ts';
import { crossedValues, type Grouping, groupingOf } from '../../evaluate/audit/grouping.ts';
import type { HarmLabels } from '../../evaluate/audit/harm-labels.ts';
import type { BadPlace, LabelledPicture } from '../labelled-pictures.ts';

/** What an audit is asked for. Only `source` is needed. */
export type AuditPlanOptions = {
  imageColumn?: string;
  labelColumn?: string;
  /** The classes, each with pictures; by default the labels of the data. */
  classes?: readonly (string | ClassPrompts)[];
  /** Labels that compete with the classes and have no pictures. */
  otherLabels?: readonly string[];
  /** Columns with groups; several joined by + are crossed. */
  groups?: readonly string[];
  /** Sentences with `{}` for the class; `a photo of a {}.` by default. */
  templates?: readonly string[];
  harmLabels?: HarmLabels;
  /** Innocent labels that may take a denigrating one's place. */
  harmAlternatives?: readonly string[];
  /** Neutral searches. */
  queries?: readonly string[];
  /** Folders or files of pictures that are none of the classes. */
  unknown?: readonly string[];
  /** Wanted share of unknown pictures that are taken for a class: from 0 to below 1, 0.05 by default. */
  falseAccepts?: number;
  /** Wanted share of the pictures of the classes that get an answer: above 0 and at most 1, 0.95 by default. */
  coverage?: number;
  /** Least probabilities at which a label counts, each above 0 and below 1. */
  thresholds?: readonly number[];
  gates?: readonly Gate[];
  /** Whether the generated probes are run; they are by default. */
  probes?: boolean;
  /** Of the bootstrap, the halves for calibration and the probes' pictures; 0 by default. */
  seed?: number;
};

/** An audit that is ready to run: what was asked for is checked, and no model was needed for it. */
export type AuditPlan = {
  source: string;
  pictures: LabelledPicture[];
  bad: BadPlace[];
  /** The classes, and after them the other labels. */
  classes: readonly ClassPrompts[];
  /** As they were asked for, e.g. 'gender+age'. */
  attributes: readonly string[];
  templates: readonly string[];
  harm: { labels: HarmLabels; alternatives: readonly string[] } | undefined;
  queries: readonly string[];
  unknown: { source: string; paths: string[] } | undefined;
  falseAccepts: number;
  coverage: number;
  thresholds: readonly number[];
  gates: readonly Gate[];
  probes: boolean;
  seed: number;
};

/** How the pictures fall into groups: of all that are planned, or of those that could be read. */
export function groupingsOf({ attributes }: AuditPlan, pictures: readonly LabelledPicture[]): Grouping[] {
  return attributes.map((attribute) => {
    const columns = attribute.split('+').map((name) => pictures.map(({ columns }) => columns[name] ?? ''));
    return groupingOf(attribute, crossedValues(columns));
  });
}

/** Which class a label means: its name, or a synonym of it. */
export function classPlaces(classes: readonly ClassPrompts[]): Map<string, number> {
  return new Map(
    classes.flatMap(({ name, synonyms = [] }, place) => [name, ...synonyms].map((label) => [label, place] as const)),
  );
}
