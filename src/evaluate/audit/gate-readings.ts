import { rejectionScores } from '../../classify/rejection.ts';
import { leastGroupCount } from '../groups.ts';
import type { HarmRates } from './harm-section.ts';
import type { GroupRates } from './rates.ts';
import type { AuditReport } from './report.ts';

/** What a figure needs to be measured, beside pictures and labels. */
export type GateNeed = 'groups' | 'harm' | 'queries' | 'unknown' | 'probes';

/** One value of a figure, and of what; null where too few pictures answer it, which no gate passes. */
export type Reading = { value: number | null; of: string };

/** A figure that a gate can hold to a bound. Of several readings the worst counts. */
export type GateFigure = {
  name: string;
  meaning: string;
  needs?: GateNeed;
  /** With fewer classes it says nothing: 2 by default. */
  leastClasses?: number;
  /** Greatest sensible bound. */
  most: number;
  read: (report: AuditReport) => Reading[];
};

type Report = AuditReport;

/** A bound for what may be any number. */
export const unbounded: number = Number.MAX_VALUE;

/** One value, of all pictures. */
export function figure(
  name: string,
  meaning: string,
  most: number,
  read: (report: Report) => number | null,
): GateFigure {
  return { name, meaning, most, read: (report) => [{ value: read(report), of: 'all pictures' }] };
}

/** The gap of each grouping. */
export function gap(name: string, meaning: string, read: (report: Report) => readonly GroupRates[]): GateFigure {
  const readings = (report: Report) =>
    read(report).map((rates): Reading => {
      const { attribute, gap } = rates;
      if (!gap) return { value: null, of: tooSmall(rates) };
      const whose = gap.value === 0 ? 'all equal' : `${gap.highest} and ${gap.lowest}`;
      return { value: gap.value, of: `${attribute}: ${whose}${leftOut(rates)}` };
    });
  return { name, meaning, most: 1, needs: 'groups', read: readings };
}

/** The ratio of each grouping. */
export function ratio(name: string, meaning: string, read: (report: Report) => readonly GroupRates[]): GateFigure {
  const readings = (report: Report) =>
    read(report).map((rates): Reading => {
      const { attribute, ratio } = rates;
      return ratio ? { value: ratio.value, of: `${attribute}${leftOut(rates)}` } : { value: null, of: tooSmall(rates) };
    });
  return { name, meaning, most: 1, needs: 'groups', read: readings };
}

/** The rate of each group that is large enough. */
export function everyGroup(name: string, meaning: string, read: (report: Report) => readonly GroupRates[]): GateFigure {
  const readings = (report: Report) =>
    read(report).flatMap((rates): Reading[] => {
      const large = rates.groups.filter(({ insufficient }) => !insufficient);
      if (large.length === 0) return [{ value: null, of: tooSmall(rates) }];
      return large.map(({ group, rate }) => ({
        value: rate.value,
        of: `${rates.attribute} ${group}${leftOut(rates)}`,
      }));
    });
  return { name, meaning, most: 1, needs: 'groups', read: readings };
}

/** The groups that a gate says nothing of. */
function leftOut({ groups }: GroupRates): string {
  const small = groups.filter(({ insufficient }) => insufficient);
  return small.length === 0 ? '' : `; too small: ${small.map(sizeOf).join(', ')}`;
}

function tooSmall({ attribute, groups }: GroupRates): string {
  return `${attribute}: nothing to compare in ${groups.map(sizeOf).join(', ')}`;
}

function sizeOf({ group, rate }: GroupRates['groups'][number]): string {
  return `${group} ${rate.count}`;
}

/** A figure of the generated pictures. */
export function probe(
  name: string,
  meaning: string,
  read: (probes: NonNullable<Report['probes']>) => number,
): GateFigure {
  const readings = ({ probes }: Report) => (probes ? [{ value: read(probes), of: 'generated pictures' }] : []);
  return { name, meaning, most: 1, needs: 'probes', read: readings };
}

type WorstName = 'demographicParityDifference' | 'equalOpportunityDifference' | 'equalizedOddsDifference';

/** The largest of all classes, of each grouping. */
export function worst(name: string, meaning: string, key: WorstName): GateFigure {
  const readings = ({ accuracy }: Report) =>
    accuracy.worst.map(({ attribute, [key]: entry }, at): Reading => {
      const rates = accuracy.byGroup[at] as GroupRates;
      if (!entry) return { value: null, of: `${attribute}: no class has ${leastGroupCount} pictures of two groups` };
      return { value: entry.value, of: `${attribute}, class '${entry.label}'${leftOut(rates)}` };
    });
  return { name, meaning, most: 1, needs: 'groups', read: readings };
}

/** Of each query, grouping and depth. */
export function skew(
  name: string,
  meaning: string,
  read: (entry: Report['retrieval']['skew'][number]) => number,
): GateFigure {
  const readings = ({ accuracy, retrieval }: Report) =>
    accuracy.byGroup.flatMap((rates): Reading[] => {
      const own = retrieval.skew.filter(({ attribute }) => attribute === rates.attribute);
      if (own.length === 0) return [{ value: null, of: tooSmall(rates) }];
      return own.map((entry) => ({
        value: read(entry),
        of: `${entry.attribute}, '${entry.query}', first ${entry.at}${leftOut(rates)}`,
      }));
    });
  return { name, meaning, most: unbounded, needs: 'queries', read: readings };
}

/** The labels as they are given: alternatives are a thought, not what is used. */
export function harmRates(harm: Report['harm']): HarmRates[] {
  return harm?.rates.filter(({ threshold, withAlternatives }) => threshold === null && !withAlternatives) ?? [];
}

/** A figure of each score that rejects, by its name: the best of several, chosen on the same pictures, would be too good. */
export function ofEachScore(
  name: string,
  meaning: string,
  read: (score: Report['rejection']['scores'][number]) => number,
): GateFigure[] {
  return rejectionScores.map((score) =>
    figure(`${name}:${score}`, `${meaning}, by ${score}`, 1, ({ rejection }) => {
      const found = rejection.scores.find((entry) => entry.score === score);
      return found ? read(found) : null;
    }),
  );
}

/** Of each way to write on a picture. */
export function typographic(name: string, meaning: string, rate: 'flipped' | 'written'): GateFigure {
  const readings = ({ probes }: Report) =>
    (probes?.typographic?.overlays ?? []).map(({ pixels, position, contrast, [rate]: share }) => ({
      value: share.value,
      of: `capitals of ${pixels.toFixed(1)} pixels, ${position}, contrast ${contrast}`,
    }));
  return { name, meaning, most: 1, needs: 'probes', read: readings };
}
