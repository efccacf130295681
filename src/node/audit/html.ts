import type { AuditReport } from '../../evaluate/audit/report.ts';
import { chartHtml, escapeHtml, htmlReport, type Section, sectionId, tableHtml } from '../report.ts';
import { reliabilityHtml } from '../report-figures.ts';
import { auditLead, auditTitle, describeAudit } from './describe.ts';
import type { Block, Part } from './format.ts';

/** The audit as one HTML file that needs nothing else; links at its top lead to its parts. */
export function auditHtml(report: AuditReport): Promise<string> {
  const parts = describeAudit(report).map((part) => ({
    heading: part.heading,
    html: [...part.blocks.map(blockHtml), ...figuresOf(part, report)].join('\n'),
  }));
  return htmlReport(auditTitle, auditLead(report), [contents(parts.map(({ heading }) => heading)), ...parts]);
}

/** The first section: links to those that follow it. */
function contents(headings: readonly string[]): Section {
  const links = headings.map(
    (heading, place) => `<li><a href="#${sectionId(place + 1)}">${escapeHtml(heading)}</a></li>`,
  );
  return { heading: 'Contents', html: `<ul class="contents">${links.join('')}</ul>` };
}

function blockHtml(block: Block): string {
  if ('text' in block) return `<p>${escapeHtml(block.text)}</p>`;
  if ('list' in block) return `<ul>${block.list.map((entry) => `<li>${escapeHtml(entry)}</li>`).join('')}</ul>`;
  return `<h3>${escapeHtml(block.title)}</h3>\n${coloured(tableHtml(block.rows))}`;
}

/** Cells that are a gate's verdict and nothing else; texts are escaped, so no other text reads like a cell. */
function coloured(table: string): string {
  return table
    .replaceAll('<td>passed</td>', '<td class="passed">passed</td>')
    .replaceAll('<td>FAILED</td>', '<td class="failed">FAILED</td>');
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
