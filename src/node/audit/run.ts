import type { Clip } from '../../clip.ts';
import type { AuditData } from '../../evaluate/audit/audit-data.ts';
import { checkGates } from '../../evaluate/audit/gates.ts';
import { type AuditReport, auditSchemaVersion } from '../../evaluate/audit/report.ts';
import { auditSections } from '../../evaluate/audit/sections.ts';
import { type AuditPlan, classPlaces, groupingsOf } from './audit-plan.ts';
import { embedKnown } from './embed-known.ts';
import { cardOf } from './make-card.ts';
import { probeModel } from './probes.ts';
import type { AuditOptions } from './run-options.ts';
import { directionsOf } from './text-directions.ts';

/**
 * Runs an audit.
 * @throws RangeError where none of the pictures, or of the unknown ones, can be read
 */
export async function runAudit(clip: Clip, plan: AuditPlan, options: AuditOptions): Promise<AuditReport> {
  const directions = await directionsOf(clip, plan, options);
  const known = await embedKnown(clip, plan, options);
  const groupings = groupingsOf(plan, known.pictures);
  const places = classPlaces(plan.classes);
  const data = {
    classNames: plan.classes.map(({ name }) => name),
    labels: known.pictures.map(({ label }) => places.get(label) as number),
    pictures: known.embeddings,
    groupings,
    logitScale: clip.logitScale,
    thresholds: plan.thresholds,
    falseAccepts: plan.falseAccepts,
    coverage: plan.coverage,
    seed: plan.seed,
    ...directions,
    ...(known.unknown && { unknown: known.unknown }),
  } satisfies AuditData;
  const probing = {
    exifRotate: options.exifRotate ?? false,
    ...(options.onProgress && {
      onProgress: (done: number, total: number) => options.onProgress?.('probes', done, total),
    }),
    ...(options.signal && { signal: options.signal }),
  };
  const report: AuditReport = {
    schemaVersion: auditSchemaVersion,
    ...auditSections(data),
    probes: plan.probes ? await probeModel(clip, plan, known.pictures, probing) : null,
    card: await cardOf(clip, plan, known, groupings, options),
    gates: [],
  };
  return { ...report, gates: checkGates(plan.gates, report) };
}
