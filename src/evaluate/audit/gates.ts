import { gapFigures, maxFigures, minFigures } from './gate-figures.ts';
import type { GateFigure, GateNeed } from './gate-readings.ts';
import type { AuditReport } from './report.ts';

/** How a figure is held to a bound: `max-gap` and `max` from above, `min` from below. */
export type GateKind = 'max-gap' | 'max' | 'min';

export type Gate = { kind: GateKind; figure: string; bound: number };

/**
 * `value` is the worst reading and `of` what it is of; null where the data did not suffice for one of the readings, which does
 * not pass however good the others are.
 */
export type GateResult = Gate & { value: number | null; of: string; passed: boolean };

const figuresOf: Record<GateKind, readonly GateFigure[]> = {
  'max-gap': gapFigures,
  max: maxFigures,
  min: minFigures,
};

/**
 * Reads a gate, e.g. 'accuracy=0.1'.
 * @throws RangeError on a figure that does not exist or a bound that no value could break or keep
 */
export function parseGate(kind: GateKind, text: string): Gate {
  const [, name = '', number = ''] = text.match(/^\s*(.+?)\s*=\s*(\S+)\s*$/) ?? [];
  const figures = figuresOf[kind];
  const found = figures.find((figure) => figure.name === name);
  if (!found) {
    const names = figures.map((figure) => figure.name).join(', ');
    throw new RangeError(`expected NAME=VALUE with one of the names ${names}`);
  }
  const bound = Number(number);
  if (!Number.isFinite(bound) || bound < 0 || bound > found.most)
    throw new RangeError(`expected a number from 0${found.most < 1e300 ? ` to ${found.most}` : ''} after '${name}='`);
  return { kind, figure: name, bound };
}

/** A gate as the command line has it. */
export function gateText({ kind, figure, bound }: Gate): string {
  return `--${kind} ${figure}=${bound}`;
}

/** What has to be measured for a gate. */
export function needOf(gate: Gate): GateNeed | undefined {
  return figureOf(gate).needs;
}

/** Fewest classes that a gate says anything of. */
export function leastClassesOf(gate: Gate): number {
  return figureOf(gate).leastClasses ?? 2;
}

/** @returns a result per gate, in their order; what cannot be measured does not pass */
export function checkGates(gates: readonly Gate[], report: AuditReport): GateResult[] {
  return gates.map((gate) => {
    const readings = figureOf(gate).read(report);
    const unknown = readings.find(({ value }) => value === null || Number.isNaN(value));
    if (unknown || readings.length === 0)
      return { ...gate, value: null, of: `too little data: ${unknown?.of ?? 'nothing was measured'}`, passed: false };
    const isWorse = (one: number, other: number) => (gate.kind === 'min' ? one < other : one > other);
    const known = readings.map(({ value, of }) => ({ value: value as number, of }));
    const worst = known.reduce((most, reading) => (isWorse(reading.value, most.value) ? reading : most));
    return { ...gate, ...worst, passed: !isWorse(worst.value, gate.bound) };
  });
}

/** Names and meanings, for the help. */
export function gateHelp(kind: GateKind): string {
  const figures = figuresOf[kind];
  const width = Math.max(...figures.map(({ name }) => name.length));
  return figures.map(({ name, meaning }) => `    ${name.padEnd(width)}  ${meaning}`).join('\n');
}

function figureOf({ kind, figure }: Gate): GateFigure {
  const found = figuresOf[kind].find(({ name }) => name === figure);
  if (!found) throw new RangeError(`Cannot check gates: there is no figure '${figure}' for --${kind}`);
  return found;
}
