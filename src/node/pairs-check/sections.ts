import { percent } from '../../evaluate/percent.ts';
import { escapeHtml, type Section, sectionId, tableHtml } from '../report.ts';
import { noteHtml } from '../report-figures.ts';
import { exampleHtml } from './examples.ts';
import type { Finding, PairsReport } from './report-types.ts';

/** Place of the first finding's section, behind the verdict. */
const firstFinding = 1;

/** The report as sections: the verdict, each finding with examples, captions, concepts, and what it was run with. */
export async function pairsReportSections(
  report: PairsReport,
  facts: readonly (readonly [name: string, value: string])[],
  exifRotate = false,
): Promise<Section[]> {
  const findings: Section[] = [];
  for (const finding of report.findings) findings.push(await findingSection(finding, exifRotate));
  return [
    { heading: `Verdict: ${report.verdict}`, html: summaryHtml(report) },
    ...findings,
    falseNegativeSection(report),
    ...(report.topCaptions.length > 0 ? [topCaptionSection(report)] : []),
    ...(report.balance ? [balanceSection(report.balance)] : []),
    { heading: 'Run with', html: tableHtml([['', ''], ...facts]) },
  ];
}

function summaryHtml({ findings, sets, pictures, unreadable, captions }: PairsReport): string {
  const counts = [
    ['rows', ...sets.map(({ rows }) => String(rows))],
    ['of them unusable', ...sets.map(({ unusable }) => String(unusable))],
  ];
  const whole = noteHtml(`${pictures} pictures, ${unreadable} of them unreadable; ${captions} different captions.`);
  const data = tableHtml([['', ...sets.map(({ name, source }) => `${name}: ${source}`)], ...counts]);
  if (findings.length === 0) return `${data}${whole}${noteHtml('Nothing was found.')}`;
  return `${data}${whole}${findingTable(findings)}`;
}

/** A line per finding, which leads to its section. */
function findingTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ severity, title, count, share }, index) => {
    const link = `<a href="#${sectionId(firstFinding + index)}">${escapeHtml(title)}</a>`;
    const mark = severity === 'error' ? ' class="failed"' : '';
    return `<tr><td${mark}>${severity}</td><td>${link}</td><td>${count}</td><td>${shareOf(share)}</td></tr>`;
  });
  const head = '<tr><th></th><th>what</th><th>count</th><th>share</th></tr>';
  return `<div class="wide"><table>${head}\n${rows.join('\n')}</table></div>`;
}

async function findingSection(finding: Finding, exifRotate: boolean): Promise<Section> {
  const { severity, title, count, share, effect, cure, detail, places } = finding;
  const lead = detail === undefined ? '' : `<p>${escapeHtml(detail)}</p>`;
  const text = `${lead}<p class="note">${escapeHtml(effect)} <b>${escapeHtml(cure)}</b></p>\n`;
  return {
    heading: `${title}: ${count} (${shareOf(share)}), ${severity}`,
    html: text + (await exampleHtml(places, exifRotate)),
  };
}

function falseNegativeSection({ falseNegatives }: PairsReport): Section {
  const { batchSize, pairShare, comparisonShare, formula } = falseNegatives;
  const rows = [
    [`pairs that meet a false negative in a batch of ${batchSize}`, shareOf(pairShare)],
    ['comparisons with captions of other pairs that are false negatives', shareOf(comparisonShare)],
  ];
  return {
    heading: 'False negatives in batches',
    html:
      tableHtml([['expected', 'share'], ...rows]) +
      noteHtml(`Pairs with the same picture or caption, not of one concept. Share of the pairs: ${formula}.`),
  };
}

function topCaptionSection({ topCaptions }: PairsReport): Section {
  const rows = topCaptions.map(({ caption, rows: count, share }) => [caption, String(count), shareOf(share)]);
  return {
    heading: 'Most frequent captions',
    html: tableHtml([['as the model reads it', 'rows', 'share'], ...rows]),
  };
}

function balanceSection(balance: NonNullable<PairsReport['balance']>): Section {
  const { concepts, fewest, median, most, largest, smallest } = balance;
  const rows = largest.map(({ concept, pairs }, index) => {
    const small = smallest.toReversed()[index];
    return [concept, String(pairs), small?.concept ?? '', small ? String(small.pairs) : ''];
  });
  return {
    heading: `${concepts} concepts`,
    html:
      noteHtml(`Pairs of a concept: ${fewest} to ${most}, median ${median}.`) +
      tableHtml([['largest', 'pairs', 'smallest', 'pairs'], ...rows]),
  };
}

/** As many digits as a small share needs. */
export function shareOf(share: number): string {
  return share > 0 && share < 0.001 ? 'below 0.1 %' : percent(share, 1);
}
