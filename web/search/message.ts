import { element } from './element.ts';
import { icon } from './icons.ts';

/** What stands in place of pictures: a heading, a sentence and what can be done. */
export function message(heading: string, text: string, ...actions: readonly Node[]): HTMLElement {
  return element(
    'section',
    { class: 'message' },
    icon('picture'),
    element('h1', {}, heading),
    element('p', {}, text),
    ...actions,
  );
}

/** The same for what went wrong; it is read out at once. */
export function failure(heading: string, text: string, ...actions: readonly Node[]): HTMLElement {
  return element(
    'section',
    { class: 'message failure', role: 'alert' },
    icon('warning'),
    element('h1', {}, heading),
    element('p', {}, text),
    ...actions,
  );
}

/** Grey tiles while the first results are on their way. */
export function skeleton(): HTMLElement {
  return element(
    'div',
    { class: 'gallery skeleton', 'aria-hidden': 'true' },
    ...Array.from({ length: 18 }, () => element('div', { class: 'tile' })),
  );
}
