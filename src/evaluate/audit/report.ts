import type { ProbeResults } from '../probes/run-probes.ts';
import type { AccuracySection } from './accuracy-section.ts';
import type { CalibrationSection } from './calibration-section.ts';
import type { AuditCard } from './card.ts';
import type { GateResult } from './gates.ts';
import type { HarmSection } from './harm-section.ts';
import type { PromptSection } from './prompt-section.ts';
import type { RejectionSection } from './rejection-section.ts';
import type { RetrievalSection } from './retrieval-section.ts';

/** Parts A to F: what follows from embeddings. */
export type AuditSections = {
  accuracy: AccuracySection;
  /** null where no denigrating labels were named. */
  harm: HarmSection | null;
  retrieval: RetrievalSection;
  calibration: CalibrationSection;
  rejection: RejectionSection;
  prompts: PromptSection;
};

/** An audit as it is written to audit.json. A figure that is not known is null there and NaN here. */
export type AuditReport = AuditSections & {
  schemaVersion: typeof auditSchemaVersion;
  /** Part G: null where they were not run. */
  probes: ProbeResults | null;
  card: AuditCard;
  gates: GateResult[];
};

/** Rises where a field is taken away or changes its meaning. docs/audit.schema.json describes it. */
export const auditSchemaVersion = 1;
