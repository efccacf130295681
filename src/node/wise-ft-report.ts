import { percent, percentWithInterval } from '../evaluate/percent.ts';
import { chartHtml, escapeHtml, type Section, tableHtml } from './report.ts';
import { noteHtml } from './report-figures.ts';
import { bestOf, type SweepPoint } from './wise-ft-sweep.ts';

/** What a sweep found as sections of a report. @param points by rising alpha, the ends among them */
export function sweepSections(points: readonly SweepPoint[]): Section[] {
  const best = bestOf(points);
  const note =
    'Each point is a model between the start (alpha 0) and the tuned one (alpha 1). The further up, the more of the new it has learned; the further right, the more of the old it has kept.';
  return [
    { heading: 'The new against the old', html: noteHtml(note) + tradeOffHtml(points, best) },
    { heading: 'By alpha', html: byAlpha(points) + tableHtml(sweepRows(points)) },
  ];
}

/** The scores as rows of cells, the first of which is the head. */
export function sweepRows(points: readonly SweepPoint[]): string[][] {
  const best = bestOf(points);
  const [first] = points as readonly [SweepPoint];
  const head = ['alpha', `new data: ${first.data.metric}`, `guard: ${first.guard.metric}`, 'sum', ''];
  const rows = points.map((point) => [
    String(point.alpha),
    percentWithInterval(point.data),
    percentWithInterval(point.guard),
    (100 * point.sum).toFixed(1),
    nameOf(point, best),
  ]);
  return [head, ...rows];
}

/** What is special about a point: an end, the best of the sum. */
function nameOf({ alpha }: SweepPoint, best: SweepPoint): string {
  const end = alpha === 0 ? ['start'] : alpha === 1 ? ['tuned'] : [];
  return [...end, ...(alpha === best.alpha ? ['best sum'] : [])].join(', ');
}

function byAlpha(points: readonly SweepPoint[]): string {
  const line = (label: string, value: (point: SweepPoint) => number) => ({ label, values: points.map(value) });
  return chartHtml({
    title: 'Scores by alpha (%)',
    axis: 'alpha',
    x: points.map(({ alpha }) => alpha),
    lines: [
      line('new data', ({ data }) => 100 * data.value),
      line('guard', ({ guard }) => 100 * guard.value),
      line('mean of both', ({ sum }) => 50 * sum),
    ],
  });
}

const plot = { left: 62, top: 16, side: 300, bottom: 42 };

/** The plot of WiSE-FT's figure 1: a point per alpha, joined in their order. */
function tradeOffHtml(points: readonly SweepPoint[], best: SweepPoint): string {
  const { left, top, side, bottom } = plot;
  const [across, up] = [axisOf(points.map(({ guard }) => guard.value)), axisOf(points.map(({ data }) => data.value))];
  const x = (value: number) => (left + across.place(value) * side).toFixed(1);
  const y = (value: number) => (top + (1 - up.place(value)) * side).toFixed(1);
  const columns = across.ticks.map(
    (tick) =>
      `<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${top + side}"/><text x="${x(tick)}" y="${top + side + 16}" text-anchor="middle">${percent(tick)}</text>`,
  );
  const rows = up.ticks.map(
    (tick) =>
      `<line class="grid" x1="${left}" x2="${left + side}" y1="${y(tick)}" y2="${y(tick)}"/><text x="${left - 6}" y="${Number(y(tick)) + 4}" text-anchor="end">${percent(tick)}</text>`,
  );
  const spot = (point: SweepPoint) => `cx="${x(point.guard.value)}" cy="${y(point.data.value)}"`;
  const told = (point: SweepPoint) =>
    `alpha ${point.alpha}: new data ${percent(point.data.value, 1)}, guard ${percent(point.guard.value, 1)}`;
  const dots = points.map((point) => {
    const isEnd = point.alpha === 0 || point.alpha === 1;
    const dot = `<circle class="${isEnd ? 'end' : 'dot'}" ${spot(point)} r="${isEnd ? 5 : 3.5}"><title>${told(point)}</title></circle>`;
    return isEnd ? `${dot}${label(point.alpha === 0 ? 'start' : 'tuned', point)}` : dot;
  });
  const ring = `<circle class="best" ${spot(best)} r="8"><title>best sum, ${told(best)}</title></circle>`;
  return `<svg class="plot" viewBox="0 0 ${left + side + 28} ${top + side + bottom}" role="img" aria-label="${escapeHtml(points.map(told).join('; '))}">
${columns.join('')}${rows.join('')}
<polyline class="path" points="${points.map(({ data, guard }) => `${x(guard.value)},${y(data.value)}`).join(' ')}"/>
${dots.join('')}${ring}
<text x="${left + side / 2}" y="${top + side + 34}" text-anchor="middle">kept: guard</text>
<text transform="translate(11 ${top + side / 2}) rotate(-90)" text-anchor="middle">learned: new data</text>
</svg>`;

  /** On the side where the plot has room. */
  function label(text: string, { data, guard }: SweepPoint): string {
    const isRight = across.place(guard.value) > 0.5;
    return `<text x="${Number(x(guard.value)) + (isRight ? -10 : 10)}" y="${Number(y(data.value)) + 4}" text-anchor="${isRight ? 'end' : 'start'}">${text}</text>`;
  }
}

/** Steps of an axis of shares. */
const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25];

/** The part of 0 to 1 that holds all values, from tick to tick; six ticks at most. */
function axisOf(values: readonly number[]): { ticks: number[]; place: (value: number) => number } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const step = steps.find((width) => Math.ceil(most / width) - Math.floor(least / width) <= 5) ?? 0.25;
  const first = Math.min(Math.floor(least / step + 1e-9), Math.round(1 / step) - 1); // room below, where all is right
  const last = Math.max(first + 1, Math.ceil(most / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  return { ticks, place: (value) => (value / step - first) / (last - first) };
}
