import { element } from './element.ts';
import { type IconName, icon } from './icons.ts';
import type { Navigation } from './navigation.ts';
import { addressOf, type State, type View } from './state.ts';

const views: readonly (readonly [View, text: string, IconName])[] = [
  ['pictures', 'Pictures', 'search'],
  ['labels', 'Labels', 'labels'],
  ['duplicates', 'Duplicates', 'duplicates'],
];

/** The links to the views of the same search. */
export function showViews(list: HTMLElement, state: State, navigation: Navigation): void {
  const hadFocus = [...list.children].indexOf(document.activeElement as Element);
  list.replaceChildren(
    ...views.map(([view, text, drawing]) => {
      const change = { view, opened: -1 };
      const current = state.view === view && 'page';
      const link = element(
        'a',
        { href: addressOf({ ...state, ...change }), 'aria-current': current },
        icon(drawing),
        text,
      );
      followLink(link, () => navigation.go(change));
      return link;
    }),
  );
  (list.children[hadFocus] as HTMLElement | undefined)?.focus();
}

/** Goes to a link within the page, unless the visitor wants it in another tab. */
export function followLink(link: HTMLAnchorElement, go: () => void): void {
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go();
  });
}
