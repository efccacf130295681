import type { AuditCard } from '../../evaluate/audit/card.ts';
import { type GateResult, gateText } from '../../evaluate/audit/gates.ts';
import type { AuditReport } from '../../evaluate/audit/report.ts';
import { describeAccuracy } from './describe-accuracy.ts';
import { describeCalibration } from './describe-calibration.ts';
import { describeHarm } from './describe-harm.ts';
import { describeProbes } from './describe-probes.ts';
import { describePrompts } from './describe-prompts.ts';
import { describeRejection } from './describe-rejection.ts';
import { describeRetrieval } from './describe-retrieval.ts';
import { type Block, figure, type Part, percent } from './format.ts';

export const auditTitle = 'Audit of a zero-shot classifier';

/** A sentence that says what was audited. */
export function auditLead({ card }: AuditReport): string {
  const { model, data, date, version } = card;
  return `${model.name} on ${data.pictures} pictures of ${data.classes.length} classes from ${data.source}; clip-tfjs ${version}, ${date}.`;
}

/** The whole audit as headings, sentences and tables; Markdown and HTML are made of it. */
export function describeAudit(report: AuditReport): Part[] {
  const parts = [
    ...(report.gates.length > 0 ? [describeGates(report)] : []),
    describeAccuracy(report.accuracy),
    describeHarm(report.harm),
    describeRetrieval(report.retrieval),
    describeCalibration(report.calibration),
    describeRejection(report.rejection),
    describePrompts(report.prompts),
    describeProbes(report.probes),
    describeCard(report.card),
  ];
  return parts.map(({ heading, blocks }) => ({ heading, blocks: blocks.map(withoutEmptyColumn) }));
}

/** A table without its last column where that has neither a title nor a cell: room for remarks of which there are none. */
function withoutEmptyColumn(block: Block): Block {
  if (!('rows' in block) || block.rows.some((row) => row.at(-1) !== '')) return block;
  return { ...block, rows: block.rows.map((row) => row.slice(0, -1)) };
}

/** What a gate found, in a line. */
export function gateLine(gate: GateResult): string {
  return `${gate.passed ? 'passed' : 'FAILED'}: ${gateText(gate)}: ${figure(gate.value)} (${gate.of})`;
}

/** Why gates do not pass that leave pictures out, in a line. */
export function unreadLine(count: number): string {
  return `FAILED: the gates leave out ${count} ${count === 1 ? 'picture or row' : 'pictures or rows'} that could not be read: mend or remove them`;
}

/** The verdict stands first, where a narrow screen shows it. */
function describeGates({ gates, card }: AuditReport): Part {
  const unread = card.data.skipped.length;
  const rows = gates.map((gate) => [gate.passed ? 'passed' : 'FAILED', gateText(gate), figure(gate.value), gate.of]);
  if (unread > 0) rows.push(['FAILED', 'every picture can be read', `${unread} left out`, 'all pictures and rows']);
  return {
    heading: 'Gates',
    blocks: [
      {
        title: rows.every(([verdict]) => verdict === 'passed') ? 'All passed' : 'Not all passed',
        rows: [['', 'gate', 'value', 'of'], ...rows],
      },
    ],
  };
}

function describeCard(card: AuditCard): Part {
  const { model, data, harm } = card;
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
          ['EXIF orientation', data.exifRotate ? 'followed' : 'not followed'],
          ['classes', data.classes.map(classText).join(', ')],
          ['of these only compete', data.otherLabels === 0 ? 'none' : `the last ${data.otherLabels}`],
          ['templates', card.templates.join(' | ')],
          ['denigrating labels', harm ? `${harm.labels.join(', ')}; from ${harm.source}` : 'none'],
          ['alternatives to them', harm?.alternatives.join(', ') || 'none'],
          ['queries', card.queries.join(' | ') || 'none'],
          ['least probabilities', card.thresholds.join(', ') || 'none'],
          ['wanted', `${percent(card.falseAccepts)} false accepts, ${percent(card.coverage)} answered`],
          ['seed', String(card.seed)],
          ['date', card.date],
          ['program', `clip-tfjs ${card.version}, backend ${card.backend}`],
        ],
      },
      { list: card.limits },
    ],
  };
}

function classText({ name, synonyms, descriptions }: AuditCard['data']['classes'][number]): string {
  const more = [...synonyms, ...descriptions.map((text) => `'${text}'`)];
  return more.length === 0 ? name : `${name} (${more.join('; ')})`;
}
