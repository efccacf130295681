import { basename } from 'node:path';
import { tableHtml } from '../report.ts';
import { type Captioned, picturesHtml } from '../report-figures.ts';
import { thumbnailOf } from '../thumbnail.ts';
import { pictureBytes } from './picture-source.ts';
import { placeText } from './place-text.ts';
import type { Place } from './report-types.ts';

const mostPictures = 8;
const mostLines = 20;

/** Examples of a finding with pictures and lines, groups side by side; what has no picture as a table. */
export async function exampleHtml(places: readonly Place[], exifRotate: boolean): Promise<string> {
  const shown = inGroups(places).slice(0, mostPictures);
  const figures = await Promise.all(shown.map((place) => figureOf(place, exifRotate)));
  const seen = figures.filter((figure) => figure !== undefined);
  const pictures = seen.length === 0 ? '' : picturesHtml(seen);
  const rest = seen.length === shown.length ? places.filter((place) => !shown.includes(place)) : places;
  if (rest.length === 0) return pictures;
  const more = rest.length > mostLines ? [['', `and ${rest.length - mostLines} more: see --json`, '']] : [];
  const lines = rest
    .slice(0, mostLines)
    .map((place) => [whereOf(place), place.image ?? '', place.detail ?? place.caption ?? '']);
  return `${pictures}${tableHtml([['where', 'picture', ''], ...lines, ...more])}`;
}

/** The first two of each group first: so that what belongs together is seen together. */
function inGroups(places: readonly Place[]): Place[] {
  const counts = new Map<number, number>();
  return places.filter(({ group }) => {
    if (group === undefined) return true;
    const count = (counts.get(group) ?? 0) + 1;
    counts.set(group, count);
    return count <= 2;
  });
}

/** Undefined where there is no picture that could be shown. */
async function figureOf(place: Place, exifRotate: boolean): Promise<Captioned | undefined> {
  const { image, caption = '', detail, group } = place;
  if (image === undefined) return undefined;
  const picture = await pictureBytes({ ...place, image })
    .then((bytes) => thumbnailOf(bytes, caption, exifRotate))
    .catch(() => undefined);
  if (!picture) return undefined;
  const lines = [whereOf(place), basename(image), caption, ...(detail === undefined ? [] : [detail])];
  return { picture, lines: group === undefined ? lines : [`${group + 1}: ${lines[0]}`, ...lines.slice(1)] };
}

function whereOf(place: Place): string {
  return `${place.set}, ${placeText(place)}`;
}
