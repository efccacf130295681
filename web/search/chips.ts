import { element } from './element.ts';
import { icon } from './icons.ts';
import { keptAddress } from './kept-pictures.ts';
import type { Navigation } from './navigation.ts';
import type { Side } from './refine.ts';
import { pageSize, type State } from './state.ts';
import { refine } from './tile.ts';

/** Small pictures below the search: those that it adds and takes away. A click takes one out of it. */
export function showChips(list: HTMLElement, state: State, navigation: Navigation): void {
  const hadFocus = list.contains(document.activeElement);
  const own = state.picture === '' ? [] : [ownChip(state.picture, navigation)];
  const sides = (['plus', 'minus'] as const).flatMap((side) => state[side].map((id) => chip(id, side, navigation)));
  list.replaceChildren(...own, ...sides);
  list.hidden = list.childElementCount === 0;
  if (hadFocus) (list.querySelector('button') ?? document.getElementById('words'))?.focus();
}

function ownChip(name: string, { go }: Navigation): HTMLLIElement {
  const address = keptAddress(name);
  const image = address === undefined ? icon('picture') : element('img', { src: address, alt: '' });
  return removable('own', 'your picture', image, () => go({ picture: '', count: pageSize, opened: -1 }));
}

function chip(id: number, side: Side, navigation: Navigation): HTMLLIElement {
  const image = element('img', { src: `/api/thumbnails/${id}`, alt: '' });
  const label = side === 'plus' ? 'more like this' : 'less like this';
  return removable(side, label, image, () => refine(id, side, navigation));
}

function removable(kind: Side | 'own', label: string, image: Node, remove: () => void): HTMLLIElement {
  const button = element(
    'button',
    { type: 'button', 'aria-label': `Take out: ${label}`, title: 'Take out of the search', onclick: remove },
    image,
    element('span', {}, label),
    icon('close'),
  );
  return element('li', { class: `chip ${kind}` }, button);
}
