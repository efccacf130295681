import type { AuditData } from '../../../src/evaluate/audit/audit-data.ts';
import { auditLimits } from '../../../src/evaluate/audit/card.ts';
import { groupSizes } from '../../../src/evaluate/audit/grouping.ts';
import { type AuditReport, auditSchemaVersion } from '../../../src/evaluate/audit/report.ts';
import { auditSections } from '../../../src/evaluate/audit/sections.ts';
import type { ProbeResults } from '../../../src/evaluate/probes/run-probes.ts';
import { probeResults } from './probe-results.ts';
import { fairData } from './synthetic.ts';

/** An audit of made-up data, with a card of a model that there is not. */
export function auditReport(data: AuditData = fairData(), probes: ProbeResults | null = probeResults()): AuditReport {
  return {
    schemaVersion: auditSchemaVersion,
    ...auditSections(data),
    probes,
    card: {
      version: '1.2.3',
      date: '2026-01-02T03:04:05.678Z',
      seed: data.seed,
      backend: 'cpu',
      model: { name: 'a | model', sha256: 'a'.repeat(64), embedDim: 16, logitScale: data.logitScale, preprocess: {} },
      data: {
        source: '<people>.csv',
        sha256: 'b'.repeat(64),
        pictures: data.pictures.length,
        skipped: [{ place: 'line 3', reason: 'it names no picture' }],
        unknown: data.unknown ? { source: 'noise', pictures: data.unknown.length } : null,
        classes: [...data.classNames],
        groupings: data.groupings.map((grouping) => ({
          attribute: grouping.attribute,
          groups: groupSizes(grouping).map((entry) => ({ ...entry, insufficient: entry.count < 30 })),
          unannotated: 0,
        })),
      },
      templates: ['a photo of a {}.'],
      queries: [...(data.queries?.texts ?? [])],
      thresholds: [...data.thresholds],
      leastGroupCount: 30,
      limits: [...auditLimits],
    },
    gates: [],
  };
}
