import type { AuditCard } from '../../evaluate/audit/card.ts';
import { type GateResult, gateText } from '../../evaluate/audit/gates.ts';
import type { AuditReport } from '../../evaluate/audit/report.ts';
import { describeAccuracy } from './describe-accuracy.ts';
import { describeHarm } from './describe-harm.ts';
import { describeProbes } from './describe-probes.ts';
import { describeCalibration, describePrompts, describeRejection, describeRetrieval } from './describe-rest.ts';
import { figure, type Part } from './format.ts';

export const auditTitle = 'Audit of a zero-shot classifier';

/** A sentence that says what was audited. */
export function auditLead({ card }: AuditReport): string {
  const { model, data, date, version } = card;
  return `${model.name} on ${data.pictures} pictures of ${data.classes.length} classes from ${data.source}; clip-tfjs ${version}, ${date}.`;
}

/** The whole audit as headings, sentences and tables; Markdown and HTML are made of it. */
export function describeAudit(report: AuditReport): Part[] {
  return [
    ...(report.gates.length > 0 ? [describeGates(report.gates)] : []),
    describeAccuracy(report.accuracy),
    describeHarm(report.harm),
    describeRetrieval(report.retrieval),
    describeCalibration(report.calibration),
    describeRejection(report.rejection),
    describePrompts(report.prompts),
    describeProbes(report.probes),
    describeCard(report.card),
  ];
}

/** What a gate found, in a line. */
export function gateLine(gate: GateResult): string {
  return `${gate.passed ? 'passed' : 'FAILED'}: ${gateText(gate)}: ${figure(gate.value)} (${gate.of})`;
}

function describeGates(gates: readonly GateResult[]): Part {
  return {
    heading: 'Gates',
    blocks: [
      {
        title: gates.every(({ passed }) => passed) ? 'All passed' : 'Not all passed',
        rows: [
          ['gate', 'value', 'of', ''],
          ...gates.map((gate) => [gateText(gate), figure(gate.value), gate.of, gate.passed ? 'passed' : 'FAILED']),
        ],
      },
    ],
  };
}

function describeCard(card: AuditCard): Part {
  const { model, data } = card;
  return {
    heading: 'H. Card',
    blocks: [
      {
        title: 'What was audited',
        rows: [
          ['', ''],
          ['model', `${model.name}, SHA-256 ${model.sha256}`],
          ['preprocessing', JSON.stringify(model.preprocess)],
          ['logit scale', figure(model.logitScale)],
          ['data', `${data.source}, ${data.pictures} pictures, SHA-256 ${data.sha256}`],
          [
            'none of the classes',
            data.unknown ? `${data.unknown.source}, ${data.unknown.pictures} pictures` : 'not given',
          ],
          [
            'left out',
            data.skipped.length === 0
              ? 'nothing'
              : data.skipped.map(({ place, reason }) => `${place}: ${reason}`).join('; '),
          ],
          ...data.groupings.map(({ attribute, groups, unannotated }) => [
            `groups by ${attribute}`,
            [
              ...groups.map(
                ({ group, count, insufficient }) => `${group} ${count}${insufficient ? ' (insufficient)' : ''}`,
              ),
              ...(unannotated > 0 ? [`not annotated ${unannotated}`] : []),
            ].join(', '),
          ]),
          ['classes', data.classes.join(', ')],
          ['templates', card.templates.join(' | ')],
          ['queries', card.queries.join(' | ') || 'none'],
          ['seed', String(card.seed)],
          ['date', card.date],
          ['program', `clip-tfjs ${card.version}, backend ${card.backend}`],
        ],
      },
      { list: card.limits },
    ],
  };
}
