import type { AuditReport } from '../../evaluate/audit/report.ts';
import { auditLead, auditTitle, describeAudit } from './describe.ts';
import type { Block } from './format.ts';

/** The audit as Markdown, for a pull request or a repository. */
export function auditMarkdown(report: AuditReport): string {
  const parts = describeAudit(report).map(({ heading, blocks }) =>
    [`## ${heading}`, ...blocks.map(blockMarkdown)].join('\n\n'),
  );
  return `${[`# ${auditTitle}`, escapeMarkdown(auditLead(report)), ...parts].join('\n\n')}\n`;
}

function blockMarkdown(block: Block): string {
  if ('text' in block) return escapeMarkdown(block.text);
  if ('list' in block) return block.list.map((entry) => `- ${escapeMarkdown(entry)}`).join('\n');
  const [head = [], ...rows] = block.rows.map((cells) => `| ${cells.map(escapeMarkdown).join(' | ')} |`);
  const rule = `|${' --- |'.repeat(block.rows[0]?.length ?? 0)}`;
  return `### ${escapeMarkdown(block.title)}\n\n${[head, rule, ...rows].join('\n')}`;
}

/** Names of the user's are text: none of it is markup. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}
