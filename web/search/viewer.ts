import type { Result } from './api.ts';
import { byId, element } from './element.ts';
import { dateText, nameOf, similarityText, sizeText } from './format.ts';
import { type IconName, icon } from './icons.ts';
import type { Navigation } from './navigation.ts';
import { startState } from './state.ts';
import { refine } from './tile.ts';

/** One picture, large, above the page. */
export type Viewer = {
  /** @param opened its id; -1 closes the viewer @param results in the order of the arrow keys */
  show(opened: number, results: readonly Result[]): void;
};

/** @param closed is told which picture was there last */
export function makeViewer(navigation: Navigation, closed: (id: number) => void): Viewer {
  const dialog = byId<HTMLDialogElement>('viewer');
  let results: readonly Result[] = [];
  let at = -1;

  const move = (step: number) => {
    const next = results[at + step];
    if (next) navigation.go({ opened: next.id }, 'replace');
  };
  dialog.addEventListener('close', () => {
    const { opened } = navigation.state;
    if (opened >= 0) navigation.back({ opened: -1 });
  });
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close(); // outside of the picture and the words
  });
  dialog.addEventListener('keydown', (event) => {
    const { key } = event;
    const result = results[at];
    if (key === 'ArrowLeft') move(-1);
    else if (key === 'ArrowRight') move(1);
    else if (result && key === '+') refine(result.id, 'plus', navigation);
    else if (result && key === '-') refine(result.id, 'minus', navigation);
    else return;
    event.preventDefault();
  });

  return {
    show: (opened, among) => {
      const before = results[at]?.id;
      results = among;
      at = results.findIndex(({ id }) => id === opened);
      const result = results[at];
      if (!result) {
        if (dialog.open) dialog.close();
        if (before !== undefined) closed(before);
        return;
      }
      const focused = (document.activeElement as HTMLElement | null)?.dataset.does;
      dialog.setAttribute('aria-label', nameOf(result));
      dialog.replaceChildren(
        ...pictureOf(result),
        ...controls(dialog, move, at, results.length),
        facts(result, navigation),
      );
      if (!dialog.open) dialog.showModal();
      (
        dialog.querySelector<HTMLElement>(`[data-does="${focused}"]:not(:disabled)`) ??
        dialog.querySelector<HTMLElement>('[data-does="close"]')
      )?.focus();
    },
  };
}

/** Small pictures, in pixels, are enlarged by as much at most. */
const smallest = 200;
const largestScale = 6;

/** The thumbnail until the file itself is there; it stays where no browser shows the file. */
function pictureOf({ picture, thumbnail, width, height, caption }: Result): Node[] {
  const isKnown = width > 0 && height > 0;
  const size = isKnown ? { width, height } : {};
  const image = element('img', { src: thumbnail, alt: caption ?? '', ...size });
  const file = element('img', { src: picture });
  file.decode().then(
    () => image.setAttribute('src', picture),
    () => {},
  );
  const isSmall = isKnown && Math.max(width, height) < smallest;
  if (isSmall) image.style.maxWidth = `${largestScale * Math.max(width, height)}px`;
  return [element('div', { class: isSmall ? 'stage small' : 'stage' }, image)];
}

function controls(dialog: HTMLDialogElement, move: (step: number) => void, at: number, count: number): Node[] {
  const control = (does: string, label: string, drawing: IconName, onclick: () => void, disabled = false) =>
    element(
      'button',
      { type: 'button', class: `control ${does}`, 'data-does': does, 'aria-label': label, disabled, onclick },
      icon(drawing),
    );
  return [
    control('close', 'Close', 'close', () => dialog.close()),
    control('previous', 'Previous picture', 'previous', () => move(-1), at === 0),
    control('next', 'Next picture', 'next', () => move(1), at === count - 1),
  ];
}

function facts(result: Result, navigation: Navigation): HTMLElement {
  const { id, path, width, height, size, modified, similarity, picture, caption } = result;
  const numbers = [
    ...(width > 0 && height > 0 ? [`${width} \u00d7 ${height}`] : []),
    ...(size > 0 ? [sizeText(size), dateText(modified)] : []), // of a caption nobody knows them
    `similarity ${similarityText(similarity)}`,
  ];
  const alike = () => navigation.go({ ...startState, filters: navigation.state.filters, plus: [id] });
  const action = (text: string, drawing: IconName, onclick: () => void) =>
    element('button', { type: 'button', class: 'action', onclick }, icon(drawing), text);
  return element(
    'div',
    { class: 'facts' },
    element('h2', {}, caption ?? path),
    ...(caption === undefined || path === '' ? [] : [element('p', {}, path)]),
    element('p', {}, numbers.join(' \u00b7 ')),
    element(
      'p',
      { class: 'actions' },
      action('Find similar', 'alike', alike),
      action('More like this', 'plus', () => refine(id, 'plus', navigation)),
      action('Less like this', 'minus', () => refine(id, 'minus', navigation)),
      element('a', { class: 'action', href: picture, target: '_blank' }, icon('open'), 'Open the file'),
    ),
  );
}
