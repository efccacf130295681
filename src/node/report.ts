import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { drawCharts, reportStyle } from './report-page.ts';

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
  const body = sections.map(
    ({ heading, html }, place) =>
      `<section id="${sectionId(place)}">\n<h2>${escapeHtml(heading)}</h2>\n${html}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${plotStyle}\n${reportStyle}</style>
<script>${script}</script>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(lead)}</p>
${body.join('\n')}
<script>${drawCharts}</script>
</html>
`;
}

/** By which a link in the page finds the section at a place, from 0. */
export function sectionId(place: number): string {
  return `part-${place + 1}`;
}

/** Lines over a common axis, drawn when the page is opened. A null leaves a gap, or where `isJoined` none. */
export type Chart = {
  title: string;
  /** What the axis counts. */
  axis: string;
  x: readonly number[];
  lines: readonly { label: string; values: readonly (number | null)[] }[];
  isJoined?: boolean;
};

/** More points than a screen has columns show nothing more. */
const mostPoints = 2000;

export function chartHtml({ title, axis, x, lines, isJoined }: Chart): string {
  const every = Math.max(1, Math.ceil(x.length / mostPoints));
  const thin = <T>(values: readonly T[]) => values.filter((_, index) => index % every === 0);
  const data = {
    title,
    axis,
    labels: lines.map(({ label }) => label),
    data: [thin(x), ...lines.map(({ values }) => thin(values))],
    isJoined,
  };
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  const alt = escapeHtml(`${title}: ${lines.map(({ label }) => label).join(', ')} over ${axis}`);
  return `<div class="chart" role="img" aria-label="${alt}"><script type="application/json">${json}</script></div>`;
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
  const top = head.some((cell) => cell !== '') ? `${line(head, 'th')}\n` : '';
  return `<div class="wide"><table>${top}${rows.map((row) => line(row, 'td')).join('\n')}</table></div>`;
}

/** A thumbnail, with what it shows for whoever cannot see it. */
export function thumbnailHtml({ source, label }: Thumbnail): string {
  return `<img src="${source}" alt="${escapeHtml(label)}" title="${escapeHtml(label)}">`;
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}
