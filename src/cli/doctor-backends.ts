import { arch, cpus, platform, totalmem } from 'node:os';
import type { BackendName } from '../backend.ts';
import { nodeBackends } from '../node/backend.ts';
import { processor } from '../node/doctor/device.ts';
import type { Examination } from '../node/doctor/examine.ts';
import { examineApart } from '../node/doctor/examine-apart.ts';
import { describeBackends, type Machine, takenBackend } from './doctor-table.ts';
import { printJson } from './output.ts';
import { version } from './version.ts';

/** Examines the backends, each in a process of its own. Ends with 1 where one is there and does not work. */
export async function examineBackends(only?: BackendName, json?: boolean): Promise<void> {
  const examinations: Examination[] = [];
  for (const { name } of nodeBackends) {
    if (only !== undefined && name !== only) continue;
    showProgress(`examining ${name} ...`);
    examinations.push(await examineApart(name));
  }
  showProgress('');
  const machine: Machine = {
    version,
    node: process.versions.node,
    system: `${platform()} ${arch()}`,
    processor: processor(),
    processors: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
  };
  const taken = only === undefined ? takenBackend(examinations) : undefined;
  if (json) printJson({ ...machine, taken: taken?.backend ?? null, backends: examinations });
  else console.log(describeBackends(machine, examinations, taken, process.stdout.columns ?? 100));
  if (examinations.some(({ state }) => state !== 'good' && state !== 'missing')) process.exitCode = 1;
}

/** One line that the next one overwrites, where somebody watches. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}
