import type { AuditReport } from '../../evaluate/audit/report.ts';
import { writeFilesAtomically } from '../files.ts';
import { makeDirectory } from '../writable.ts';
import { auditHtml } from './html.ts';
import { auditMarkdown } from './markdown.ts';

/**
 * Writes audit.json, audit.md and audit.html into a folder, all or none.
 * @returns their names
 */
export async function writeAudit(folder: string, report: AuditReport): Promise<string[]> {
  await makeDirectory(folder);
  const files: [string, string][] = [
    ['audit.json', `${JSON.stringify(report, null, 2)}\n`],
    ['audit.md', auditMarkdown(report)],
    ['audit.html', await auditHtml(report)],
  ];
  await writeFilesAtomically(folder, files);
  return files.map(([name]) => name);
}
