import { byId } from './element.ts';
import { icon } from './icons.ts';
import type { Navigation } from './navigation.ts';
import { forgetSearches } from './remember.ts';
import { hasQuery, pageSize, type State, startState } from './state.ts';

/** The line at the top: words, a picture, and what clears them. */
export type SearchBox = { show(state: State): void; focus(): void };

/** @param searchBy takes a file that was chosen @param toResults moves on to the pictures */
export function makeSearchBox(
  navigation: Navigation,
  searchBy: (file: File) => void,
  toResults: () => void,
): SearchBox {
  const [form, words, clear, choose, go, file] = ['search', 'words', 'clear', 'choose', 'go', 'file'].map(byId) as [
    HTMLFormElement,
    HTMLInputElement,
    HTMLButtonElement,
    HTMLButtonElement,
    HTMLButtonElement,
    HTMLInputElement,
  ];
  clear.append(icon('close'));
  choose.append(icon('picture'));
  go.append(icon('search'));

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { view } = navigation.state;
    forgetSearches();
    navigation.go({
      words: words.value.trim(),
      view: view === 'duplicates' ? 'pictures' : view,
      count: pageSize,
      opened: -1,
    });
    if (matchMedia('(hover: none)').matches) words.blur(); // so that the keyboard of a phone makes room
  });
  words.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') toResults();
    else if (event.key === 'Escape' && words.value === '') words.blur();
    else return;
    event.preventDefault();
  });
  words.addEventListener('input', () => {
    clear.hidden = words.value === '' && !hasQuery(navigation.state);
  });
  clear.addEventListener('click', () => {
    words.value = '';
    const { words: none, plus, minus, picture } = startState;
    if (hasQuery(navigation.state)) navigation.go({ words: none, plus, minus, picture, count: pageSize, opened: -1 });
    else clear.hidden = true;
    words.focus();
  });
  choose.addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen) searchBy(chosen);
    file.value = '';
  });
  return {
    show: (state) => {
      words.value = state.words;
      clear.hidden = !hasQuery(state);
    },
    focus: () => {
      words.focus();
      words.select();
    },
  };
}
