/** Colours as names: the page is light or dark as its reader's screen is. */
export const reportStyle: string = `
:root { color-scheme: light dark; --ink: #1c2330; --faint: #667085; --paper: #fff; --line: #d5dae3; --fill: 37 99 235; --good: #15803d; --bad: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --faint: #98a2b3; --paper: #14181f; --line: #343c4a; --fill: 76 130 247; --good: #4ade80; --bad: #f97066; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 0.6rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.6rem; border: 1px solid var(--line); text-align: left; }
.wide { overflow-x: auto; } .wide + .wide, .pictures + .wide, .chart + .wide { margin-top: 0.8rem; } .u-legend th, .u-legend td { border: 0; font-weight: normal; } .u-title { font-size: 1rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1rem; }
.matrix td { font-size: 0.75rem; padding: 0.2rem; text-align: center; background: rgb(var(--fill) / calc(var(--share, 0) * 0.9)); }
.matrix .near { color: #fff; } .matrix th[scope] { font-weight: normal; max-width: 18rem; }
.matrix td.right { outline: 2px solid var(--good); outline-offset: -2px; }
.confusion td { min-width: 1.6rem; } .confusion .none { color: var(--faint); } .confusion th { font-weight: normal; font-size: 0.8rem; }
.confusion .sideways span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 11rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
td.passed, td.failed { font-weight: 600; } td.passed { color: var(--good); } td.failed { color: var(--bad); } .contents { columns: 16rem; list-style: none; padding: 0; } a { color: inherit; }
img { width: 48px; height: 48px; object-fit: contain; display: block; }
.row { display: flex; flex-wrap: wrap; gap: 0.5rem; } figure { margin: 0; padding: 4px; border: 2px solid var(--line); border-radius: 4px; }
figure.right { border-color: var(--good); } figure.wrong { border-color: var(--bad); } figure img { width: 72px; height: 72px; }
figcaption { font-size: 0.75rem; color: var(--faint); text-align: center; } .query { margin: 0.9rem 0 0.3rem; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: 0.6rem; }
.pictures img { width: 96px; height: 96px; margin: 2px auto; background: #fff; } .pictures figcaption { line-height: 1.35; overflow-wrap: anywhere; }
.pictures b { display: block; color: var(--ink); font-weight: 600; } .note { color: var(--faint); max-width: 52rem; }
.queries { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(23rem, 100%), 1fr)); gap: 0 1rem; }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: 0.8rem; } .sheet figure { border-width: 1px; padding: 8px; }
.sheet img { width: 100%; height: 10rem; } .sheet figcaption { overflow-wrap: anywhere; line-height: 1.35; margin-top: 6px; } .sheet b { color: var(--ink); }
.sheet .gone { display: grid; place-items: center; height: 10rem; color: var(--faint); font-size: 0.8rem; text-align: center; }
.plot { max-width: 26rem; display: block; } .plot text { fill: var(--ink); font-size: 11px; } .plot .grid { stroke: var(--line); }
.plot .bars { fill: rgb(var(--fill) / 0.75); } .plot .counts { fill: var(--faint); opacity: 0.55; } .plot .even { stroke: var(--ink); stroke-dasharray: 4 3; }
.plot .path { fill: none; stroke: rgb(var(--fill)); stroke-width: 1.5; } .plot .dot { fill: rgb(var(--fill)); } .plot .end { fill: var(--ink); } .plot .best { fill: none; stroke: var(--good); stroke-width: 2.5; }
`;

/** As many digits as it takes to tell the ticks of an axis apart, three at least; small numbers as `5e-5`. The page has a copy of this function. */
export function tickLabels(ticks: readonly number[]): string[] {
  let digits = 3;
  const isSmall = ticks.every((tick) => Math.abs(tick) < 1e-3);
  const shown = (value: number) => (isSmall && value !== 0 ? value.toExponential() : String(value));
  const labels = () => ticks.map((tick) => shown(Number(tick.toPrecision(digits))));
  while (digits < 12 && new Set(labels()).size < ticks.length) digits++;
  return labels();
}

/** Runs in the page. */
export const drawCharts: string = `
const tickLabels = ${tickLabels};
const colours = ['#3b76f0', '#d97706', '#22a355', '#a855f7', '#e0447c', '#0d9aa8', '#8a6d3b', '#7c8594'];
const dashes = [[], [7, 4], [2, 3]]; // where there are more lines than colours
const wholeSteps = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
const [ink, line] = ['--ink', '--line'].map((name) => getComputedStyle(document.documentElement).getPropertyValue(name));
const look = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
for (const place of document.querySelectorAll('.chart')) {
  const { title, axis, labels, data, isJoined } = JSON.parse(place.querySelector('script').textContent);
  const series = labels.map((label, i) => ({ label, stroke: colours[i % colours.length], dash: dashes[Math.floor(i / colours.length) % dashes.length], width: 1.5, spanGaps: isJoined, points: { show: data[0].length < 60 } }));
  const whole = data[0].every(Number.isInteger) ? { incrs: wholeSteps } : {}; // what is counted has no halves
  new uPlot({
    title, width: place.clientWidth || 520, height: 260, scales: { x: { time: false } },
    series: [{ label: axis }, ...series], axes: [{ ...look, ...whole, label: axis }, { ...look, size: 70, values: (plot, ticks) => tickLabels(ticks) }],
  }, data, place);
}
`;
