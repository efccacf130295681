import { argmax } from '../accuracy.ts';
import { probabilitiesOf } from '../calibration.ts';
import { accuracySection } from './accuracy-section.ts';
import type { AuditData } from './audit-data.ts';
import { calibrationSection } from './calibration-section.ts';
import { cosineRows } from './cosines.ts';
import { harmSection } from './harm-section.ts';
import { promptSection } from './prompt-section.ts';
import { rejectionSection } from './rejection-section.ts';
import type { AuditSections } from './report.ts';
import { retrievalSection } from './retrieval-section.ts';

/** Parts A to F of an audit. The same data and seed give the same figures. */
export function auditSections(data: AuditData): AuditSections {
  const { classNames, labels, pictures, groupings, classifier, logitScale, thresholds, seed, harm } = data;
  const scores = cosineRows(pictures, classifier);
  const confidences = scores.map((row) => probabilitiesOf(row, logitScale)[argmax(row)] as number);
  return {
    accuracy: accuracySection(classNames, scores, labels, groupings, { confidences, thresholds, seed }),
    harm: harm ? harmSection(data, harm) : null,
    retrieval: retrievalSection(data, scores),
    calibration: calibrationSection(scores, labels, { logitScale, seed }),
    rejection: rejectionSection(scores, labels, cosineRows(data.unknown ?? [], classifier), data),
    prompts: promptSection(data),
  };
}
