import type { RetrievalEvaluation } from '../evaluate/image-text-retrieval.ts';
import { percent } from '../evaluate/percent.ts';
import type { CaptionedPictures } from './captioned-pictures.ts';
import { figuresHtml } from './evaluation-sections.ts';
import { chartHtml, escapeHtml, type Section, tableHtml } from './report.ts';
import { type Captioned, noteHtml, picturesHtml } from './report-figures.ts';
import { thumbnailOf } from './thumbnail.ts';

const mostQueries = 12;
/** Up to which place the curve goes. */
const mostPlaces = 50;

/** The figures of a retrieval evaluation as sections of a report. */
export async function retrievalSections(
  evaluation: RetrievalEvaluation,
  data: CaptionedPictures,
  exifRotate = false,
): Promise<Section[]> {
  const { metrics, intervals, imageRetrieval, textRetrieval } = evaluation;
  const names = Object.keys(metrics) as (keyof typeof metrics)[];
  const figures = names.flatMap((name) => {
    const k = Number(name.split('@')[1]);
    const [what, answers] = name.startsWith('image')
      ? ['a text finds its picture', textRetrieval.count]
      : ['a picture finds a text of its own', imageRetrieval.count];
    const note = name.startsWith('image') ? `guessing: ${percent(Math.min(1, k / answers), 1)}` : '';
    if (k >= answers) return []; // it cannot miss
    return [{ name: `${what} among the first ${k}`, value: metrics[name], interval: intervals[name], note }];
  });
  const ranks = (
    [
      ['texts look for pictures', imageRetrieval],
      ['pictures look for texts', textRetrieval],
    ] as const
  ).map(([what, { count, meanRank, medianRank }]) => [what, String(count), meanRank.toFixed(1), String(medianRank)]);
  return [
    {
      heading: `${data.pictures.length} pictures, ${data.texts.length} texts`,
      html: figuresHtml(figures) + tableHtml([['', 'queries', 'mean rank', 'median rank'], ...ranks]),
    },
    { heading: 'How far one has to look', html: recallCurve(evaluation) },
    {
      heading: 'Texts that are farthest from their pictures',
      html: `${noteHtml('What came first in red, the right picture in green.')}${await worstTexts(evaluation, data, exifRotate)}`,
    },
  ];
}

function recallCurve({ imageRetrieval, textRetrieval }: RetrievalEvaluation): string {
  const most = Math.min(mostPlaces, Math.max(imageRetrieval.count, textRetrieval.count));
  const x = Array.from({ length: most }, (_, index) => index + 1);
  const line = (label: string, ranks: readonly number[]) => ({
    label,
    values: x.map((k) => (100 * ranks.filter((rank) => rank <= k).length) / ranks.length),
  });
  return chartHtml({
    title: 'Queries with a right answer among the first so many (%)',
    axis: 'answers looked at',
    x,
    lines: [line('text finds picture (%)', imageRetrieval.ranks), line('picture finds text (%)', textRetrieval.ranks)],
  });
}

async function worstTexts(
  { imageRetrieval: { ranks, first } }: RetrievalEvaluation,
  { pictures, texts, textsOf }: CaptionedPictures,
  exifRotate: boolean,
): Promise<string> {
  const worst = [...ranks.entries()].filter(([, rank]) => rank > 1).sort(([, one], [, other]) => other - one);
  const shown: string[] = [];
  for (const [text, rank] of worst.slice(0, mostQueries)) {
    const right = textsOf.findIndex((own) => own.includes(text));
    const figure = async (picture: number, isRight: boolean): Promise<Captioned> => {
      const [own = ''] = (textsOf[picture] ?? []).map((index) => texts[index] as string);
      const lines = [isRight ? `place ${rank}` : 'place 1', ...(isRight ? [] : [own])];
      return { picture: await thumbnailOf(pictures[picture] as string, own, exifRotate), lines, isRight };
    };
    const found = [await figure(first[text] as number, false), await figure(right, true)];
    shown.push(`<div><p class="query">${escapeHtml(texts[text] as string)}</p>\n${picturesHtml(found)}</div>`);
  }
  return `<div class="queries">${shown.join('\n')}</div>`;
}
