import { type Examination, isWithinTolerance } from '../node/doctor/examine.ts';
import { type CheckResult, tolerance } from '../node/doctor/run-check.ts';
import { table } from './output.ts';

/** Where the backends were examined. */
export type Machine = {
  version: string;
  node: string;
  system: string;
  processor: string;
  processors: number;
  memoryGb: number;
};

const states = { good: 'good', wrong: 'WRONG', missing: 'missing', broken: 'BROKEN', crashed: 'CRASHED' };
const absent = '–';

/** The one that useBackend() takes: it goes by the order, skips what is missing or does not start, and looks no closer. */
export function takenBackend(examinations: readonly Examination[]): Examination | undefined {
  return examinations.find(({ state, reason }) =>
    state === 'crashed' ? true : (state === 'good' || state === 'wrong') && reason === undefined,
  );
}

/**
 * The examinations as text: a table, what is to be said of each backend, and which one will be used.
 * @param taken the one that useBackend() takes; undefined where not all were examined
 * @param width columns of the terminal
 */
export function describeBackends(
  machine: Machine,
  examinations: readonly Examination[],
  taken: Examination | undefined,
  width: number,
): string {
  const { version, node, system, processor, processors, memoryGb } = machine;
  const header = ['', 'backend', 'state', 'version', 'threads', 'largest error', 'GFLOP/s', 'ms/block'];
  const rows = examinations.map((examination) => [examination === taken ? '*' : '', ...cells(examination)]);
  const lines = [
    `clip-tfjs ${version}, Node ${node}, ${system}, ${processors} x ${processor}, ${memoryGb} GB`,
    '',
    table([header, ...rows]),
    '',
    ...examinations.flatMap((examination) =>
      notes(examination).map((note, index) => wrap(index === 0 ? examination.backend : '', note, width)),
    ),
  ];
  const explained = legend(examinations);
  if (explained !== '') lines.push('', wrap('', explained, width, 0));
  if (taken) lines.push('', wrap('', verdict(examinations, taken), width, 0));
  return lines.join('\n');
}

function legend(examinations: readonly Examination[]): string {
  const compared = examinations.map(({ checks = [] }) => checks.reduce((sum, check) => sum + check.compared, 0));
  if (Math.max(...compared) === 0) return ''; // no backend came so far
  return (
    `Largest error: of ${Math.max(...compared)} values and gradients, against 64-bit arithmetic; ${tolerance} is allowed. ` +
    "GFLOP/s: a product of matrices of ViT-B/32's size. ms/block: what a picture spends in one of ViT-B/32's 12 blocks."
  );
}

/** One line: what will be used, and how to get a faster one. */
function verdict(examinations: readonly Examination[], taken: Examination): string {
  const { backend, state, speed } = taken;
  if (state !== 'good') {
    const fault = state === 'wrong' ? 'gives wrong numbers' : 'does not survive it';
    const other = examinations.find((examination) => examination.state === 'good')?.backend;
    return `Without --backend, ${backend} would be used, and it ${fault} here: ${other ? `name ${other}` : 'none works'}.`;
  }
  const faster = examinations.find(
    (other) => other.speed && speed && other.speed.blockMsPerPicture < 0.8 * speed.blockMsPerPicture,
  );
  if (faster) return `Will be used: ${backend}. Faster here: --backend ${faster.backend}.`;
  const better = examinations.slice(0, examinations.indexOf(taken)).map((other) => other.backend);
  if (better.length === 0) return `Will be used: ${backend}, the best that there is.`;
  return `Will be used: ${backend}. For a faster one, do what is said of ${better.join(' or ')} above.`;
}

function cells({ backend, state, device, checks, speed }: Examination): string[] {
  const errors = checks?.map(({ error }) => error);
  const worst = errors?.includes(undefined) ? 'throws' : errors && Math.max(...(errors as number[])).toExponential(1);
  return [
    backend,
    states[state],
    device?.version ?? absent,
    device?.threads?.toString() ?? absent,
    worst ?? absent,
    speed ? threeDigits(speed.matmulGflops) : absent,
    speed ? threeDigits(speed.blockMsPerPicture) : absent,
  ];
}

function threeDigits(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toPrecision(3);
}

/** What there is to say of a backend. */
function notes({ state, reason, device, checks = [], avoided = [] }: Examination): string[] {
  const lines: string[] = [];
  if (device) lines.push(`on ${device.name}`);
  if (reason !== undefined)
    lines.push(state === 'good' || state === 'wrong' ? `only where it is named: ${reason}` : reason);
  const wrong = checks.filter((check) => !isWithinTolerance(check));
  if (wrong.length > 0) lines.push(`WRONG: ${wrong.map(outcome).join(', ')}`);
  const faulty = avoided.filter((check) => !isWithinTolerance(check));
  if (faulty.length > 0) lines.push(`faults that clip-tfjs works around: ${faulty.map(outcome).join(', ')}`);
  return lines;
}

function outcome({ name, error, fault }: CheckResult): string {
  return error === undefined ? `${name} (${fault})` : `${name} (off by ${error.toPrecision(2)})`;
}

/** Breaks a text between words; its lines begin `indent` columns in, the first with the label. */
function wrap(label: string, text: string, width: number, indent = 12): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line !== '' && indent + line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line, index) => (index === 0 ? label : '').padEnd(indent) + line).join('\n');
}
