import type { HarmRates } from './harm-section.ts';
import type { GroupRates } from './rates.ts';
import type { AuditReport } from './report.ts';

/** What a figure needs to be measured, beside pictures and labels. */
export type GateNeed = 'groups' | 'harm' | 'queries' | 'unknown' | 'probes';

/** One value of a figure, and of what. */
export type Reading = { value: number; of: string };

/** A figure that a gate can hold to a bound. Of several readings the worst counts. */
export type GateFigure = {
  name: string;
  meaning: string;
  needs?: GateNeed;
  /** Greatest sensible bound. */
  most: number;
  read: (report: AuditReport) => Reading[];
};

type Report = AuditReport;

/** A bound for what may be any number. */
export const unbounded: number = Number.MAX_VALUE;

/** One value, of all pictures. */
export function figure(name: string, meaning: string, most: number, read: (report: Report) => number): GateFigure {
  return { name, meaning, most, read: (report) => [{ value: read(report), of: 'all pictures' }] };
}

/** The gap of each grouping. */
export function gap(name: string, meaning: string, read: (report: Report) => readonly GroupRates[]): GateFigure {
  const readings = (report: Report) =>
    read(report).flatMap(({ attribute, gap }) =>
      gap
        ? [
            {
              value: gap.value,
              of: `${attribute}: ${gap.value === 0 ? 'all equal' : `${gap.highest} and ${gap.lowest}`}`,
            },
          ]
        : [],
    );
  return { name, meaning, most: 1, needs: 'groups', read: readings };
}

/** The ratio of each grouping. */
export function ratio(name: string, meaning: string, read: (report: Report) => readonly GroupRates[]): GateFigure {
  const readings = (report: Report) =>
    read(report).flatMap(({ attribute, ratio }) => (ratio ? [{ value: ratio.value, of: attribute }] : []));
  return { name, meaning, most: 1, needs: 'groups', read: readings };
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
    accuracy.worst.flatMap(({ attribute, [key]: entry }) =>
      entry ? [{ value: entry.value, of: `${attribute}, class '${entry.label}'` }] : [],
    );
  return { name, meaning, most: 1, needs: 'groups', read: readings };
}

/** Of each query, grouping and depth. */
export function skew(
  name: string,
  meaning: string,
  read: (entry: Report['retrieval']['skew'][number]) => number,
): GateFigure {
  const readings = ({ retrieval }: Report) =>
    retrieval.skew.map((entry) => ({
      value: read(entry),
      of: `${entry.attribute}, '${entry.query}', first ${entry.at}`,
    }));
  return { name, meaning, most: unbounded, needs: 'queries', read: readings };
}

/** The labels as they are given: alternatives are a thought, not what is used. */
export function harmRates(harm: Report['harm']): HarmRates[] {
  return harm?.rates.filter(({ threshold, withAlternatives }) => threshold === null && !withAlternatives) ?? [];
}

/** Of one of the scores that reject. */
export function scoreOf(
  { scores }: Report['rejection'],
  name: string,
  read: (score: Report['rejection']['scores'][number]) => number,
): number {
  const found = scores.find(({ score }) => score === name);
  return found ? read(found) : Number.NaN;
}

/** Of each way to write on a picture. */
export function typographic(name: string, meaning: string, rate: 'flipped' | 'written'): GateFigure {
  const readings = ({ probes }: Report) =>
    (probes?.typographic?.overlays ?? []).map(({ pixels, position, contrast, [rate]: share }) => ({
      value: share.rate,
      of: `capitals of ${pixels.toFixed(1)} pixels, ${position}, contrast ${contrast}`,
    }));
  return { name, meaning, most: 1, needs: 'probes', read: readings };
}
