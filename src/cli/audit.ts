import type { Command } from 'commander';
import type { AuditPlan } from '../node/audit/audit-plan.ts';
import { gateLine } from '../node/audit/describe.ts';
import { planAudit } from '../node/audit/plan.ts';
import { runAudit } from '../node/audit/run.ts';
import { summaryRows } from '../node/audit/summary.ts';
import { writeAudit } from '../node/audit/write.ts';
import { assertDirectoryWritable } from '../node/writable.ts';
import { type AuditCommand, addAuditOptions, readPlanOptions } from './audit-options.ts';
import { withAuditProgress } from './audit-progress.ts';
import { openClip } from './options.ts';
import { printJson, table } from './output.ts';
import { UsageError } from './usage.ts';

export function addAudit(program: Command): void {
  const command = program
    .command('audit')
    .summary('measure gaps between groups, harm, calibration and other limits of a classifier')
    .description(
      'Measure what a zero-shot classifier gets wrong, and for whom, on your labelled pictures. Groups are your annotations: none is inferred. ' +
        'Bounds on figures make it a gate: exit status 1 where one is broken, 2 where the input is unfit.',
    )
    .argument('<data>', 'a table (.csv, .tsv) of pictures, labels and groups, or a folder with a folder per class');
  addAuditOptions(command).action(run);
}

async function run(data: string, options: AuditCommand): Promise<void> {
  const plan = await makePlan(data, options);
  const skip = (place: string, reason: string) => console.error(`skipped ${place}: ${reason}`);
  for (const { place, reason } of plan.bad) skip(place, reason);
  if (options.out !== undefined) await assertDirectoryWritable(options.out);
  using clip = await openClip(options);
  const report = await withAuditProgress(options.json, (onProgress) =>
    runAudit(clip, plan, {
      modelName: options.model,
      workers: options.workers,
      exifRotate: options.exifRotate ?? false,
      onProgress,
      skip: (path, { message }) => skip(path, message),
    }),
  );
  if (options.out !== undefined) {
    const names = await writeAudit(options.out, report);
    console.error(`wrote ${names.join(', ')} to ${options.out}`);
  }
  if (options.json) printJson(report);
  else console.log(table(summaryRows(report)));
  for (const gate of report.gates) console.error(gateLine(gate));
  if (report.gates.some(({ passed }) => !passed)) process.exitCode = 1;
}

/** Whatever is wrong with the input is a matter of usage: status 1 is left to gates and faults. */
async function makePlan(data: string, options: AuditCommand): Promise<AuditPlan> {
  try {
    return await planAudit(data, await readPlanOptions(options));
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
