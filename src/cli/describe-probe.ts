import { figureTable } from './figure-table.ts';
import type { Compared, FittedProbe } from './probe-fit.ts';
import type { ProbeCommand } from './probe-options.ts';

/** What was made and what it gives, as lines. @param counts pictures of each set */
export function describeProbe(fitted: FittedProbe, counts: Record<string, number>): string {
  const { probe, compared } = fitted;
  const head = `${titleOf(fitted)}, ${probe.classNames.length} classes, ${counts.training} training pictures`;
  return [head, ...compared.map((one) => `${noteOf(one, probe.method)}\n${figuresOf(one)}`)].join('\n');
}

function titleOf({ probe, sweep }: FittedProbe): string {
  if (probe.method === 'linear')
    return `linear probe with C ${Number(probe.c.toPrecision(3))}${sweep ? `, the best of ${sweep.length}` : ''}`;
  return `Tip-Adapter with alpha ${probe.alpha} and beta ${probe.beta}`;
}

function noteOf({ set, count }: Compared, method: string): string {
  const notes = {
    training: 'the same that it was made from: take others, by --test, to know how good it is',
    validation: `that ${method === 'linear' ? 'C was' : 'alpha and beta were'} chosen by, which flatters a little`,
    test: '',
  };
  return `${count} ${set} pictures${notes[set] && `, ${notes[set]}`}`;
}

function figuresOf({ probe, zeroShot }: Compared): string {
  return figureTable([
    ['probe', probe.value, probe],
    ['zero-shot', zeroShot.value, zeroShot],
  ]);
}

/** What `--json` says of a probe; not its vectors, which are in the file. */
export function jsonOfProbe(
  model: string,
  { data, val, valShare, test, shots, seed, out }: ProbeCommand,
  { probe, sweep, isConverged, compared }: FittedProbe,
  counts: Record<string, number>,
): object {
  const { method, classNames } = probe;
  const chosen = probe.method === 'linear' ? { c: probe.c } : { alpha: probe.alpha, beta: probe.beta };
  return {
    model,
    ...{ data, val: val ?? null, valShare: valShare ?? null, test: test ?? null, shots: shots ?? null, seed },
    method,
    classNames,
    pictures: counts,
    ...chosen,
    sweep: sweep ?? null,
    isConverged: isConverged ?? null,
    measured: Object.fromEntries(compared.map(({ set, ...figures }) => [set, figures])),
    out,
  };
}
