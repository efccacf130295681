import type { ReliabilityBin } from '../evaluate/calibration.ts';
import { percent } from '../evaluate/percent.ts';
import { escapeHtml, type Thumbnail, thumbnailHtml } from './report.ts';

/** Some classes of a confusion matrix. */
export type Confusion = {
  classNames: readonly string[];
  /** Pictures, [class that it is][class that it was taken for]. */
  counts: readonly (readonly number[])[];
  /** For each class, pictures of it that were taken for a class that is not shown; a column where there are any. */
  others: readonly number[];
};

/** A confusion matrix: a row per class that pictures have, a column per answer; the stronger the colour, the larger the share of the row. */
export function confusionHtml({ classNames, counts, others }: Confusion): string {
  const cell = (count: number, all: number, row: number, column: number) => {
    const share = all === 0 ? 0 : count / all;
    const classes = [share > 0.6 ? 'near' : '', row === column ? 'right' : '', count === 0 ? 'none' : ''];
    const meaning = `${classNames[row]}, taken for ${classNames[column] ?? 'another class'}: ${count} of ${all}`;
    return `<td class="${classes.filter(Boolean).join(' ')}" style="--share:${share.toFixed(3)}" title="${escapeHtml(meaning)}">${count === 0 ? '·' : count}</td>`;
  };
  const hasOthers = others.some((count) => count > 0);
  const heads = [...classNames, ...(hasOthers ? ['others'] : [])].map(
    (name) => `<th class="sideways"><span>${escapeHtml(name)}</span></th>`,
  );
  const rows = classNames.map((name, row) => {
    const cells = [...(counts[row] ?? []), ...(hasOthers ? [others[row] ?? 0] : [])];
    const all = cells.reduce((sum, count) => sum + count, 0);
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((count, column) => cell(count, all, row, column)).join('')}<td>${all}</td></tr>`;
  });
  return `<div class="wide"><table class="matrix confusion"><tr><td></td>${heads.join('')}<th>all</th></tr>\n${rows.join('\n')}</table></div>`;
}

/** A picture with lines of text under it; the first is its name. */
export type Captioned = { picture: Thumbnail; lines: readonly string[]; isRight?: boolean };

/** Pictures with captions, side by side; framed by whether the answer is right, where that is said. */
export function picturesHtml(pictures: readonly Captioned[]): string {
  const figures = pictures.map(({ picture, lines: [name = '', ...rest], isRight }) => {
    const frame = isRight === undefined ? '' : isRight ? 'right' : 'wrong';
    const caption = [`<b>${escapeHtml(name)}</b>`, ...rest.map(escapeHtml)].join('<br>').replace('</b><br>', '</b>');
    return `<figure class="${frame}">${thumbnailHtml(picture)}<figcaption>${caption}</figcaption></figure>`;
  });
  return `<div class="pictures">${figures.join('\n')}</div>`;
}

const plot = { left: 56, top: 8, side: 300, bottom: 42 };

/**
 * A reliability diagram (Guo et al. 2017, figure 1): a bar per bin as high as its answers' accuracy, a mark at their mean confidence, and
 * how many answers it has in grey. Where bars end at the dashed line, the confidence can be taken at its word.
 */
export function reliabilityHtml(bins: readonly ReliabilityBin[]): string {
  const { left, top, side, bottom } = plot;
  const x = (share: number) => (left + share * side).toFixed(1);
  const y = (share: number) => (top + (1 - share) * side).toFixed(1);
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  const bar = (kind: string, { low, high }: ReliabilityBin, height: number, meaning: string) =>
    `<rect class="${kind}" x="${x(low)}" y="${y(height)}" width="${((high - low) * side - 1).toFixed(1)}" height="${(height * side).toFixed(1)}"><title>${escapeHtml(meaning)}</title></rect>`;
  const bars = bins
    .filter(({ count }) => count > 0)
    .flatMap((bin) => {
      const { low, high, count, confidence, accuracy } = bin;
      const meaning = `confidence ${low.toFixed(2)} to ${high.toFixed(2)}: ${count} answers, ${percent(accuracy)} right, mean confidence ${percent(confidence)}`;
      return [
        bar('bars', bin, accuracy, meaning),
        bar('counts', bin, (0.18 * count) / most, meaning),
        `<circle cx="${x(confidence)}" cy="${y(accuracy)}" r="2.5" fill="currentColor"/>`,
      ];
    });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${x(0)}" x2="${x(1)}" y1="${y(share)}" y2="${y(share)}"/><text x="${left - 6}" y="${Number(y(share)) + 4}" text-anchor="end">${percent(share)}</text><text x="${x(share)}" y="${top + side + 16}" text-anchor="middle">${percent(share)}</text>`,
  );
  const alt = `Reliability diagram of ${all} answers in ${bins.length} bins: ${bins
    .filter(({ count }) => count > 0)
    .map(({ confidence, accuracy, count }) => `${percent(confidence)} sure, ${percent(accuracy)} right (${count})`)
    .join('; ')}`;
  return `<svg class="plot" viewBox="0 0 ${left + side + 20} ${top + side + bottom}" role="img" aria-label="${escapeHtml(alt)}">
${ticks.join('')}${bars.join('')}
<line class="even" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>
<text x="${x(0.5)}" y="${top + side + 34}" text-anchor="middle">confidence</text>
<text transform="translate(11 ${y(0.5)}) rotate(-90)" text-anchor="middle">right answers</text>
</svg>`;
}

/** A sentence that says how a figure is to be read. */
export function noteHtml(text: string): string {
  return `<p class="note">${escapeHtml(text)}</p>`;
}
