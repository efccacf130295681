import type { Classification } from '../classify/classify.ts';
import type { Calibration } from '../evaluate/calibrate.ts';
import type { CurvePoint } from '../evaluate/held-out.ts';
import type { Estimate, Share } from '../evaluate/shares.ts';
import { chartHtml, escapeHtml, type Section, tableHtml } from './report.ts';
import { type Captioned, picturesHtml } from './report-figures.ts';
import { thumbnailOf } from './thumbnail.ts';

/** A picture that was calibrated on, what it shows (nothing where it is unknown), and what the kept classifier says of it. */
export type AnsweredPicture = { path: string; label: string | undefined } & Classification;

/** Pictures of a kind that are shown. */
const mostShown = 12;

/**
 * What was fitted, what it gives on the held-out half, the curves behind it, and the pictures at which it fails.
 * @param run what it was run with, as it shall stand there
 */
export async function calibrationSections(
  { rejection, comparison, heldOut }: Calibration,
  pictures: readonly AnsweredPicture[],
  run: Readonly<Record<string, unknown>>,
  exifRotate = false,
): Promise<Section[]> {
  const { score, threshold, logitScale } = rejection;
  const { calibration, curve, scores } = heldOut;
  const chosen = comparison.map((entry) => `${entry.score} ${entry.auroc.toFixed(3)}`).join(', ');
  const figures = [
    ['unknown pictures that get an answer', shareText(heldOut.falseAccepts)],
    ['known pictures that get an answer', shareText(heldOut.coverage)],
    ['right, of all known pictures', shareText(heldOut.accuracy)],
    ['right, of those that get an answer', shareText(heldOut.accuracyOfAnswers)],
  ];
  const { before, after } = calibration;
  const rows = scores.map((one) => [one.score, ...[one.auroc, one.aupr, one.fpr95, one.aurc].map(estimateText)]);
  const wrong = pictures.filter(({ label, best }) => label === undefined && best);
  const silent = pictures.filter(({ label, best }) => label !== undefined && !best);
  return [
    {
      heading: 'What is kept',
      html: `${paragraph(`There is an answer where ${score} is at least ${threshold.toPrecision(6)}; cosines are multiplied by ${logitScale.toFixed(3)} (the model's own: ${before.logitScale.toFixed(3)}). Fitted on all pictures.`)}`,
    },
    {
      heading: 'What it gives',
      html: `${paragraph(`No figure is of pictures that it was fitted to: the same steps on one half, drawn by the seed, were measured on the other, of ${heldOut.known} known and ${heldOut.unknown} unknown pictures. In brackets: 95 % intervals (Wilson).`)}${tableHtml([['share', 'held-out pictures'], ...figures])}`,
    },
    {
      heading: 'Four scores compared',
      html: `${paragraph(`On the held-out half, with 95 % intervals (bootstrap). AUROC, AUPR: known against unknown, high is good. FPR95: unknown pictures that get an answer where 95 % of the known ones do. AURC: area under the risk-coverage curve of the known pictures, low is good. By AUROC on the other half they were: ${chosen}.`)}${tableHtml([['score', 'AUROC', 'AUPR', 'FPR95', 'AURC'], ...rows])}`,
    },
    { heading: 'Answering less', html: curveHtml(curve) },
    {
      heading: 'Temperature',
      html: tableHtml([
        ['held-out known pictures', 'cosines times', 'calibration error (ECE)', 'negative log-likelihood'],
        ["the model's own", before.logitScale.toFixed(3), before.ece.toFixed(3), before.nll.toFixed(3)],
        ['fitted', after.logitScale.toFixed(3), after.ece.toFixed(3), after.nll.toFixed(3)],
      ]),
    },
    await picturesSection('Unknown pictures that get an answer all the same', wrong, 'surest', exifRotate),
    await picturesSection('Known pictures that get none', silent, 'least sure', exifRotate),
    { heading: 'How it was run', html: tableHtml([['', ''], ...Object.entries(run).map(settingRow)]) },
  ];
}

/** The surest or least sure of some pictures; they are among those that the threshold was fitted to. */
async function picturesSection(
  heading: string,
  pictures: readonly AnsweredPicture[],
  which: 'surest' | 'least sure',
  exifRotate: boolean,
): Promise<Section> {
  const value = ({ decision }: AnsweredPicture) => decision?.value ?? 0;
  const sorted = [...pictures].sort((one, other) => value(other) - value(one));
  if (which === 'least sure') sorted.reverse();
  const shown: Captioned[] = [];
  for (const picture of sorted.slice(0, mostShown)) {
    const said = picture.ranked[0]?.label ?? '';
    const lines = [picture.label ?? 'unknown', `nearest: ${said}`, value(picture).toFixed(3)];
    shown.push({ picture: await thumbnailOf(picture.path, lines.join(', '), exifRotate), lines });
  }
  const count = `${pictures.length} of all pictures, those that the threshold was fitted to among them`;
  const html = `${paragraph(shown.length < pictures.length ? `${count}; the ${mostShown} ${which}:` : `${count}.`)}${picturesHtml(shown)}`;
  return { heading, html };
}

function curveHtml(curve: readonly CurvePoint[]): string {
  const percent = (share: number) => 100 * share;
  const chart = chartHtml({
    title: 'Held-out pictures, as the threshold falls',
    axis: 'known pictures that get an answer (%)',
    x: curve.map(({ coverage }) => percent(coverage)),
    lines: [
      { label: 'wrong among those answers (%)', values: curve.map(({ risk }) => percent(risk)) },
      {
        label: 'unknown pictures that get an answer (%)',
        values: curve.map(({ falseAccepts }) => percent(falseAccepts)),
      },
    ],
  });
  return `<div class="charts">${chart}</div>`;
}

function settingRow([name, value]: [string, unknown]): [string, string] {
  const text = Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return [name, text.length > 2000 ? `${text.slice(0, 2000)}...` : text];
}

function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

/** 0.123 [0.100, 0.150] */
export function estimateText({ value, low, high }: Estimate): string {
  return `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

/** 3 of 100, 3.0 % [1.0, 8.5] */
export function shareText({ count, of, value, low, high }: Share): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  return `${count} of ${of}${of > 0 ? `, ${percent(value)} % [${percent(low)}, ${percent(high)}]` : ''}`;
}
