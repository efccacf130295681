import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** A heading and what stands under it, as HTML. */
export type Section = { heading: string; html: string };

const require = createRequire(import.meta.url);

/**
 * A report as one HTML file that needs nothing else: styles, uPlot (MIT) and pictures are in it.
 * @param lead a sentence under the title
 */
export async function htmlReport(title: string, lead: string, sections: readonly Section[]): Promise<string> {
  const [script, plotStyle] = await Promise.all(
    ['uplot/dist/uPlot.iife.min.js', 'uplot/dist/uPlot.min.css'].map((file) => readFile(require.resolve(file), 'utf8')),
  );
  const body = sections.map(({ heading, html }) => `<section>\n<h2>${escapeHtml(heading)}</h2>\n${html}\n</section>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${plotStyle}\n${style}</style>
<script>${script}</script>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(lead)}</p>
${body.join('\n')}
<script>${drawCharts}</script>
</html>
`;
}

/** Lines over a common axis, drawn when the page is opened. A null leaves a gap. */
export type Chart = {
  title: string;
  /** What the axis counts. */
  axis: string;
  x: readonly number[];
  lines: readonly { label: string; values: readonly (number | null)[] }[];
};

/** More points than a screen has columns show nothing more. */
const mostPoints = 2000;

export function chartHtml({ title, axis, x, lines }: Chart): string {
  const every = Math.max(1, Math.ceil(x.length / mostPoints));
  const thin = <T>(values: readonly T[]) => values.filter((_, index) => index % every === 0);
  const data = {
    title,
    axis,
    labels: lines.map(({ label }) => label),
    data: [thin(x), ...lines.map(({ values }) => thin(values))],
  };
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return `<div class="chart"><script type="application/json">${json}</script></div>`;
}

/** A picture as a data URI, and what it shows. */
export type Thumbnail = { source: string; label: string };

/**
 * Cosines of texts with pictures, one row per text, the darker the nearer; where a text belongs to a picture, there is a frame.
 * @param cosines a row per text with a value per picture
 */
export function matrixHtml(
  texts: readonly string[],
  pictures: readonly Thumbnail[],
  cosines: readonly (readonly number[])[],
  isRight: (text: number, picture: number) => boolean,
): string {
  const all = cosines.flat();
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const cell = (cosine: number, text: number, picture: number) => {
    const share = most > least ? (cosine - least) / (most - least) : 0;
    const classes = [share > 0.6 ? 'near' : '', isRight(text, picture) ? 'right' : ''].join(' ').trim();
    return `<td class="${classes}" style="--share:${share.toFixed(3)}">${cosine.toFixed(2)}</td>`;
  };
  const head = pictures.map((picture) => `<th>${thumbnailHtml(picture)}</th>`).join('');
  const rows = texts.map(
    (text, row) =>
      `<tr><th scope="row">${escapeHtml(text)}</th>${(cosines[row] ?? []).map((cosine, column) => cell(cosine, row, column)).join('')}</tr>`,
  );
  return `<div class="wide"><table class="matrix"><tr><td></td>${head}</tr>\n${rows.join('\n')}</table></div>`;
}

/** Texts with the pictures that are nearest to each, the right ones framed. */
export function retrievalHtml(
  found: readonly { text: string; pictures: readonly { picture: Thumbnail; cosine: number; isRight: boolean }[] }[],
): string {
  return found
    .map(({ text, pictures }) => {
      const figures = pictures.map(
        ({ picture, cosine, isRight }) =>
          `<figure class="${isRight ? 'right' : ''}">${thumbnailHtml(picture)}<figcaption>${cosine.toFixed(3)}</figcaption></figure>`,
      );
      return `<p class="query">${escapeHtml(text)}</p>\n<div class="row">${figures.join('')}</div>`;
    })
    .join('\n');
}

/** Rows of cells; the first row is the head. */
export function tableHtml([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table>${line(head, 'th')}\n${rows.map((row) => line(row, 'td')).join('\n')}</table></div>`;
}

function thumbnailHtml({ source, label }: Thumbnail): string {
  return `<img src="${source}" alt="${escapeHtml(label)}" title="${escapeHtml(label)}">`;
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

const style = `
:root { --ink: #1c2330; --faint: #667085; --paper: #fff; --line: #d5dae3; --fill: 37 99 235; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 0.6rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.6rem; border: 1px solid var(--line); text-align: left; }
.wide { overflow-x: auto; } .u-legend th, .u-legend td { border: 0; font-weight: normal; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: 1rem; }
.matrix td { font-size: 0.75rem; padding: 0.2rem; text-align: center; background: rgb(var(--fill) / calc(var(--share, 0) * 0.9)); }
.matrix .near { color: #fff; } .matrix th[scope] { font-weight: normal; max-width: 18rem; }
.matrix td.right { outline: 2px solid #15803d; outline-offset: -2px; }
img { width: 48px; height: 48px; object-fit: contain; display: block; }
.row { display: flex; gap: 0.5rem; } figure { margin: 0; padding: 4px; border: 2px solid var(--line); border-radius: 4px; }
figure.right { border-color: #15803d; } figure img { width: 72px; height: 72px; }
figcaption { font-size: 0.75rem; color: var(--faint); text-align: center; } .query { margin: 0.9rem 0 0.3rem; }
`;

/** As many digits as it takes to tell the ticks of an axis apart, three at least. The page has a copy of this function. */
export function tickLabels(ticks: readonly number[]): string[] {
  let digits = 3;
  const labels = () => ticks.map((tick) => String(Number(tick.toPrecision(digits))));
  while (digits < 12 && new Set(labels()).size < ticks.length) digits++;
  return labels();
}

/** Runs in the page. */
const drawCharts = `
const tickLabels = ${tickLabels};
const colours = ['#2563eb', '#d97706', '#15803d', '#9333ea'];
for (const place of document.querySelectorAll('.chart')) {
  const { title, axis, labels, data } = JSON.parse(place.querySelector('script').textContent);
  const series = labels.map((label, i) => ({ label, stroke: colours[i % 4], width: 1.5, points: { show: data[0].length < 60 } }));
  new uPlot({
    title, width: place.clientWidth || 520, height: 260, scales: { x: { time: false } },
    series: [{ label: axis }, ...series], axes: [{ label: axis }, { size: 70, values: (plot, ticks) => tickLabels(ticks) }],
  }, data, place);
}
`;
