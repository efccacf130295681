/** Part H: what was audited, so that another can do it again. */
export type AuditCard = {
  /** Of clip-tfjs. */
  version: string;
  /** ISO 8601, UTC. */
  date: string;
  seed: number;
  backend: string;
  model: { name: string; sha256: string; embedDim: number; logitScale: number; preprocess: object };
  data: {
    source: string;
    /** Over pictures, labels and groups, in their order. */
    sha256: string;
    pictures: number;
    /** Rows and files that could not be used. */
    skipped: { place: string; reason: string }[];
    unknown: { source: string; pictures: number } | null;
    classes: string[];
    groupings: {
      attribute: string;
      groups: { group: string; count: number; insufficient: boolean }[];
      unannotated: number;
    }[];
  };
  templates: string[];
  queries: string[];
  thresholds: number[];
  /** Fewest pictures that a rate is compared with. */
  leastGroupCount: number;
  limits: string[];
};

/**
 * What the figures do not say and the model is not for. The uses are those that OpenAI's model card puts out of scope
 * (openai/CLIP, model-card.md), in our words.
 */
export const auditLimits: readonly string[] = [
  "Groups are the user's annotations. This program infers no group from a picture, and CLIP must not be used to infer them.",
  'Out of scope: surveillance and face recognition, always, however good the figures are.',
  'Out of scope: any deployed use, commercial or not, that was not tested in its own setting with its own fixed list of labels; what CLIP does depends on the list.',
  'Out of scope: languages other than English, unless the model was trained on them and this audit was made in them.',
  'The figures hold for these pictures, labels and templates. A gap that is not found here is not shown to be absent.',
  'Intervals are of 95 % and take one comparison at a time; among many groups and classes the widest gap is wide by chance too.',
];
