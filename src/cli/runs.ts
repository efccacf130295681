import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { writeFileAtomically } from '../node/files.ts';
import { compareRuns, type RunComparison } from '../node/training/compare-runs.ts';
import { type RunRecord, readRun } from '../node/training/read-run.ts';
import { differencesTable, resultsTable, runsReport } from '../node/training/runs-report.ts';
import { assertFileWritable } from '../node/writable.ts';
import { jsonOption } from './options.ts';
import { printJson, table } from './output.ts';
import { asUsage, UsageError } from './usage.ts';

type RunsCommand = { out?: string; json?: boolean };

export function addRuns(program: Command): void {
  program
    .command('runs')
    .summary('compare trainings: settings that differ, results, curves')
    .description(
      'Compare runs of finetune and train, also ones that are still going: what differs in their settings, how good they became, how long they took. The best validation comes first.',
    )
    .argument('<run...>', 'the --out of each')
    .option('-o, --out <file>', 'also write a page with the curves over one another, e.g. compare.html')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ clip-tfjs runs runs/* --out compare.html')
    .action(run);
}

async function run(folders: string[], { out, json }: RunsCommand): Promise<void> {
  if (out !== undefined) await asUsage(() => assertFileWritable(out));
  const comparison = compareRuns(await readRuns(folders));
  if (out !== undefined) await writeFileAtomically(out, await runsReport(comparison));
  if (json) printJson({ ...plain(comparison), ...(out !== undefined && { report: out }) });
  else printTables(comparison);
  for (const warning of comparison.warnings) console.error(warning);
  if (out !== undefined) console.error(`wrote ${out}`);
}

function printTables(comparison: RunComparison): void {
  console.log(table(resultsTable(comparison)));
  if (comparison.differences.length > 0) console.log(`\n${table(differencesTable(comparison))}`);
}

/** @throws UsageError that names every folder which is no run's */
async function readRuns(folders: readonly string[]): Promise<RunRecord[]> {
  const runs: RunRecord[] = [];
  const others: string[] = [];
  const places = new Map(folders.map((folder) => [resolve(folder), folder.replace(/(?<=.)[/\\]+$/, '')]));
  for (const folder of places.values()) {
    const found = await readRun(folder);
    if (found) runs.push(found);
    else others.push(await describeOther(folder));
  }
  if (others.length > 0)
    throw new UsageError(
      `Cannot compare: expected folders that finetune or train has written, with a run.json or a log.jsonl, but got ${others.join('; ')}`,
    );
  return runs;
}

async function describeOther(folder: string): Promise<string> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => error.code);
  if (!Array.isArray(names)) return `${folder} (${names === 'ENOTDIR' ? 'a file' : 'there is no such folder'})`;
  const inner = await Promise.all(names.map((name) => readRun(join(folder, name)).catch(() => undefined)));
  const count = inner.filter((found) => found).length;
  return count === 0 ? folder : `${folder} (it holds ${count} runs: name them, ${join(folder, '*')})`;
}

/** Without the points of the curves, which are in the logs. */
function plain({ runs, ...rest }: RunComparison) {
  const records = runs.map(({ losses, validations, settings, ...run }) => ({
    ...run,
    settings: Object.fromEntries(settings),
  }));
  return { runs: records, ...rest };
}
