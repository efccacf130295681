import type { AuditReport } from '../../evaluate/audit/report.ts';
import { chartHtml, escapeHtml, htmlReport, tableHtml } from '../report.ts';
import { reliabilityHtml } from '../report-figures.ts';
import { auditLead, auditTitle, describeAudit } from './describe.ts';
import type { Block, Part } from './format.ts';

/** The audit as one HTML file that needs nothing else. */
export function auditHtml(report: AuditReport): Promise<string> {
  const sections = describeAudit(report).map((part) => ({
    heading: part.heading,
    html: [...part.blocks.map(blockHtml), ...figuresOf(part, report)].join('\n'),
  }));
  return htmlReport(auditTitle, auditLead(report), sections);
}

function blockHtml(block: Block): string {
  if ('text' in block) return `<p>${escapeHtml(block.text)}</p>`;
  if ('list' in block) return `<ul>${block.list.map((entry) => `<li>${escapeHtml(entry)}</li>`).join('')}</ul>`;
  return `<h3>${escapeHtml(block.title)}</h3>\n${tableHtml(block.rows)}`;
}

function figuresOf({ heading }: Part, { calibration, rejection }: AuditReport): string[] {
  if (heading.startsWith('D.')) {
    const { asIs, fitted } = calibration;
    const after = fitted
      ? [reliabilityFigure('With the fitted scale, the held-out half', fitted.after.reliability)]
      : [];
    return [reliabilityFigure('The model as it is', asIs.reliability), ...after];
  }
  if (heading.startsWith('E.'))
    return [
      chartHtml({
        title: 'Share of wrong answers by share of answers (highest probability)',
        axis: 'coverage',
        x: rejection.curve.map(({ coverage }) => coverage),
        lines: [{ label: 'risk', values: rejection.curve.map(({ risk }) => risk) }],
      }),
    ];
  return [];
}

function reliabilityFigure(caption: string, bins: Parameters<typeof reliabilityHtml>[0]): string {
  return `<h3>${escapeHtml(caption)}</h3>\n${reliabilityHtml(bins)}`;
}
