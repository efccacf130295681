import type { Result } from './api.ts';
import { element } from './element.ts';
import { fileName, nameOf, similarityText } from './format.ts';
import { type IconName, icon } from './icons.ts';
import type { Navigation } from './navigation.ts';
import { refined, type Side } from './refine.ts';
import { pageSize } from './state.ts';
import { thumbnail } from './thumbnail.ts';

/** Width by height of a tile: very wide and very high pictures are cut. */
const ratios = { least: 0.6, most: 2.2 };

/** Pictures that are smaller, in pixels, are shown whole, on a card. */
const smallest = 200;

/** A result in the grid, a square where nobody knows how large it is, with buttons that refine the search. @param note stands in place of the similarity */
export function tile(result: Result, navigation: Navigation, note?: string): HTMLLIElement {
  const { id, path, width, height, similarity, caption } = result;
  const isKnown = width > 0 && height > 0;
  const isSmall = isKnown && Math.max(width, height) < smallest;
  const open = element(
    'button',
    {
      type: 'button',
      class: 'open',
      tabindex: -1,
      'aria-label': `Open ${nameOf(result)}, ${note ?? `similarity ${similarityText(similarity)}`}`,
      onclick: () => navigation.go({ opened: id }),
    },
    thumbnail(result),
  );
  const made = element(
    'li',
    { class: `tile${isSmall ? ' small' : ''}${isKnown ? '' : ' whole'}`, 'data-id': id },
    open,
    refineButton(result, 'plus', navigation),
    refineButton(result, 'minus', navigation),
    ...(caption === undefined
      ? []
      : [element('p', { class: 'caption', 'aria-hidden': 'true', title: caption }, element('span', {}, caption))]),
    element(
      'p',
      { 'aria-hidden': 'true' },
      element('span', { class: 'name', title: path }, fileName(path)),
      element(
        'span',
        { class: 'similarity', title: 'Cosine with the search, 1 at most' },
        note ?? similarityText(similarity),
      ),
    ),
  );
  const ratio = isSmall || !isKnown ? 1 : Math.min(ratios.most, Math.max(ratios.least, width / height));
  made.style.setProperty('--ratio', `${ratio}`);
  return made;
}

const words: Record<Side, { label: string; icon: IconName }> = {
  plus: { label: 'More like', icon: 'plus' },
  minus: { label: 'Less like', icon: 'minus' },
};

function refineButton(result: Result, side: Side, { state, go }: Navigation): HTMLButtonElement {
  const { label, icon: drawing } = words[side];
  return element(
    'button',
    {
      type: 'button',
      class: `refine ${side}`,
      tabindex: -1,
      title: `${label} this`,
      'aria-label': `${label} ${nameOf(result)}`,
      'aria-pressed': `${state[side].includes(result.id)}`,
      onclick: () => refine(result.id, side, { state, go }),
    },
    icon(drawing),
  );
}

/** Searches again with a picture more or less on a side. */
export function refine(id: number, side: Side, { state, go }: Pick<Navigation, 'state' | 'go'>): void {
  go({
    ...refined(state, id, side),
    count: pageSize,
    view: state.view === 'duplicates' ? 'pictures' : state.view,
    opened: -1,
  });
}

/** A grid of results. @param notes in place of similarities */
export function gallery(
  results: readonly Result[],
  navigation: Navigation,
  label: string,
  notes?: readonly string[],
): HTMLUListElement {
  return element(
    'ul',
    { class: 'gallery', 'aria-label': label },
    ...results.map((result, at) => tile(result, navigation, notes?.[at])),
  );
}
