import { percent } from '../../evaluate/percent.ts';
import { escapeHtml, type Section, tableHtml } from '../report.ts';
import { noteHtml } from '../report-figures.ts';
import { exampleHtml } from './examples.ts';
import type { Finding, PairsReport } from './report-types.ts';

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
  const rows = findings.map(({ severity, title, count, share }) => [severity, title, String(count), shareOf(share)]);
  return `${data}${whole}${tableHtml([['', 'what', 'count', 'share'], ...rows])}`;
}

async function findingSection(finding: Finding, exifRotate: boolean): Promise<Section> {
  const { severity, title, count, share, effect, cure, detail, places } = finding;
  const text = [detail, effect, `Cure: ${cure}`].filter((line) => line !== undefined);
  return {
    heading: `${title}: ${count} (${shareOf(share)}), ${severity}`,
    html:
      text.map((line) => `<p class="note">${escapeHtml(line)}</p>`).join('\n') +
      (await exampleHtml(places, exifRotate)),
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
