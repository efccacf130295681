import { pathToFileURL } from 'node:url';
import type { Entry } from '../search/entry.ts';
import { escapeHtml, htmlReport } from './report.ts';
import { thumbnailOf } from './thumbnail.ts';

/** Pictures under a heading. */
export type SheetGroup = { heading: string; pictures: readonly { entry: Entry; similarity: number }[] };

/** Pixels of a thumbnail's longer side: twice what is shown, for screens that have as many. */
const side = 320;

/**
 * A page of pictures with their cosine and path; each leads to its file. The page needs nothing else. A picture that cannot be
 * read any more has its name in its place.
 * @param lead a sentence under the title
 */
export async function contactSheet(
  title: string,
  lead: string,
  groups: readonly SheetGroup[],
  exifRotate: boolean,
): Promise<string> {
  const sections = [];
  for (const { heading, pictures } of groups) {
    const figures: string[] = [];
    for (const { entry, similarity } of pictures) figures.push(await figureOf(entry, similarity, exifRotate));
    sections.push({ heading, html: `<div class="sheet">${figures.join('\n')}</div>` });
  }
  return htmlReport(title, lead, sections);
}

async function figureOf({ path, caption }: Entry, similarity: number, exifRotate: boolean): Promise<string> {
  const name = path.split(/[\\/]/).at(-1) as string;
  const picture = await thumbnailOf(path, caption ?? name, exifRotate, side).then(
    ({ source, label }) => `<img src="${source}" alt="${escapeHtml(label)}" loading="lazy">`,
    () => '<span class="gone">it cannot be read any more</span>',
  );
  const says = caption === undefined ? '' : `<br>${escapeHtml(caption)}`;
  return `<figure><a href="${escapeHtml(pathToFileURL(path).href)}" title="${escapeHtml(path)}">${picture}</a><figcaption><b>${similarity.toFixed(4)}</b> ${escapeHtml(name)}${says}</figcaption></figure>`;
}
