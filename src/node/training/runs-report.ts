import { percent } from '../../evaluate/percent.ts';
import { chartHtml, htmlReport, type Section, tableHtml } from '../report.ts';
import { reportTime } from '../report-time.ts';
import type { RunComparison } from './compare-runs.ts';
import type { RunRecord } from './read-run.ts';

/** Places of the axis at which curves of losses are drawn: each the mean of what lies before it. */
const places = 200;

/** A page with a table of the runs, and their curves over one another. */
export async function runsReport(comparison: RunComparison): Promise<string> {
  const { runs, order, warnings } = comparison;
  const notes = warnings.map((warning) => `${warning[0]?.toUpperCase()}${warning.slice(1)}.`);
  const sections: Section[] = [
    { heading: 'Results', html: tableHtml(resultsTable(comparison)) },
    ...(comparison.differences.length > 0
      ? [{ heading: 'Settings that differ', html: tableHtml(differencesTable(comparison)) }]
      : []),
    { heading: 'Curves', html: curves(comparison) },
  ];
  const lead = [`${runs.length} runs, the best ${order} first; ${reportTime()}.`, ...notes].join(' ');
  return htmlReport('Comparison of runs', lead, sections);
}

/** How the runs went; the first row is the head. Columns that no run has are left out. */
export function resultsTable({ runs }: RunComparison): string[][] {
  const guardMetrics = [...new Set(runs.flatMap(({ guard }) => (guard ? [guard.metric] : [])))];
  const columns: [name: string, cell: (run: RunRecord) => string | undefined][] = [
    ['run', ({ folder }) => folder],
    ['steps', describeSteps],
    ['best validation loss', ({ best }) => best && `${best.validation.loss.toFixed(4)} (epoch ${best.epoch})`],
    ['last', ({ validations }) => validations.at(-1)?.validation.loss.toFixed(4)],
    ['picture → text @1', ({ best }) => best?.validation.imageToText['recall@1'].toFixed(3)],
    ['text → picture @1', ({ best }) => best?.validation.textToImage['recall@1'].toFixed(3)],
    ['final training loss', ({ finalLoss }) => (finalLoss === null ? 'not finite' : finalLoss?.toFixed(4))],
    ...guardMetrics.map((metric): (typeof columns)[number] => [
      `guard ${metric}`,
      ({ guard }) => (guard?.metric === metric ? `${percent(guard.first, 1)} → ${percent(guard.last, 1)}` : undefined),
    ]),
    ['training time', ({ seconds }) => (seconds > 0 ? describeSeconds(seconds) : undefined)],
    ['samples/s', ({ samplesPerSecond }) => samplesPerSecond?.toPrecision(3)],
    ['trained parameters', ({ trainedParameters }) => trainedParameters?.toLocaleString('en')],
  ];
  const filled = columns.filter(([, cell]) => runs.some((run) => cell(run) !== undefined));
  return [filled.map(([name]) => name), ...runs.map((run) => filled.map(([, cell]) => cell(run) ?? '–'))];
}

/** What they were given, as far as they do not have it in common. */
export function differencesTable({ runs, differences }: RunComparison): string[][] {
  return [
    ['run', ...differences.map(({ name }) => name)],
    ...runs.map(({ folder }, place) => [folder, ...differences.map(({ values }) => values[place] as string)]),
  ];
}

function describeSteps({ state, step, steps }: RunRecord): string {
  const done = steps === undefined || steps === step ? String(step) : `${step} of ${steps}`;
  const states = { finished: '', running: ', still running', stopped: ', stopped' };
  return done + states[state ?? 'finished'];
}

function describeSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toPrecision(3)} s`;
  return seconds < 3600 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function curves({ runs }: RunComparison): string {
  const isOneBatchSize = new Set(runs.map(({ batchSize }) => batchSize)).size === 1;
  const axis = isOneBatchSize ? 'step' : 'pairs shown';
  const at = (point: { step: number; pairsShown: number }) => (isOneBatchSize ? point.step : point.pairsShown);
  const end = runs.reduce((most, { losses }) => Math.max(most, ...losses.slice(-1).map(at)), 1);
  const count = Math.min(places, end);
  const grid = Array.from({ length: count }, (_, place) => Math.round(((place + 1) * end) / count));
  const lines = runs.map(({ folder, losses }) => ({ label: folder, values: meansUpTo(grid, losses, at) }));
  const charts = [chartHtml({ title: 'Training loss', axis, x: grid, lines, isJoined: true })];
  const validated = runs.filter(({ validations }) => validations.length > 0);
  const x = [...new Set(validated.flatMap(({ validations }) => validations.map(at)))].sort((a, b) => a - b);
  const measures: [title: string, measure: (point: RunRecord['validations'][number]) => number][] = [
    ['Validation loss', ({ validation }) => validation.loss],
    ['Validation: picture to text, recall@1', ({ validation }) => validation.imageToText['recall@1']],
    ['Validation: text to picture, recall@1', ({ validation }) => validation.textToImage['recall@1']],
  ];
  if (validated.length > 0)
    for (const [title, measure] of measures) {
      const measured = validated.map(({ folder, validations }) => {
        const values = new Map(validations.map((point) => [at(point), measure(point)]));
        return { label: folder, values: x.map((place) => values.get(place) ?? null) };
      });
      charts.push(chartHtml({ title, axis, x, lines: measured, isJoined: true }));
    }
  return `<div class="charts">${charts.join('')}</div>`;
}

/** For each place of a grid the mean of the finite losses behind the place before and up to it; null where there is none. */
function meansUpTo(
  grid: readonly number[],
  losses: RunRecord['losses'],
  at: (point: RunRecord['losses'][number]) => number,
): (number | null)[] {
  let next = 0;
  return grid.map((place) => {
    let [sum, count] = [0, 0];
    for (let point = losses[next]; point && at(point) <= place; point = losses[++next]) {
      if (point.loss === null) continue;
      sum += point.loss;
      count++;
    }
    return count === 0 ? null : sum / count;
  });
}
