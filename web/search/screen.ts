import { type Asking, pause, Unreachable } from './ask.ts';
import { duplicatesView } from './duplicates-view.ts';
import { byId } from './element.ts';
import { explainFailure } from './explain-failure.ts';
import { enterAt, focusTile } from './grid-keys.ts';
import { labelsView } from './labels-view.ts';
import { skeleton } from './message.ts';
import type { Navigation } from './navigation.ts';
import { picturesView } from './pictures-view.ts';
import type { Show, Shown } from './shown.ts';
import { startView } from './start-view.ts';
import { addressOf, hasQuery, type State } from './state.ts';

/** The part of the page that changes with the search. */
export type Screen = {
  /** Draws a state; what an earlier one is still waiting for is given up. @returns false where a later state was first */
  draw(state: State): Promise<boolean>;
  /** What is there, in the order of the tiles. */
  readonly results: Shown['results'];
};

const viewOf = (state: State): Show => {
  if (state.view === 'duplicates') return duplicatesView;
  if (state.view === 'labels') return labelsView;
  return hasQuery(state) ? picturesView : startView;
};

/** Milliseconds between two looks whether a server that did not answer is back. */
const lookEvery = 2000;

export function makeScreen(navigation: Navigation): Screen {
  const [main, status] = [byId('main'), byId('status')];
  let results: Shown['results'] = [];
  let drawn = '';
  let waiting = new AbortController();

  const put = (content: readonly Node[], text: string) => {
    const active = document.activeElement;
    const tile = main.contains(active) ? active?.closest<HTMLElement>('.tile')?.dataset.id : undefined;
    const id = main.contains(active) ? active?.id : undefined;
    main.replaceChildren(...content);
    main.removeAttribute('aria-busy');
    status.textContent = text;
    enterAt(main);
    if (tile !== undefined) focusTile(main.querySelector(`.tile[data-id="${tile}"]`) ?? main.querySelector('.tile'));
    else if (id) document.getElementById(id)?.focus();
  };

  const draw = async (state: State): Promise<boolean> => {
    const address = addressOf({ ...state, opened: -1 });
    if (address === drawn) return !main.hasAttribute('aria-busy');
    drawn = address;
    waiting.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    const asking: Asking = {
      signal,
      onWait: (seconds) => {
        status.textContent = `The server is busy; it is asked again in ${seconds} s`;
      },
    };
    main.setAttribute('aria-busy', 'true');
    status.textContent = state.view === 'duplicates' ? 'Comparing all pictures with each other' : '';
    if (hasQuery(state) && !main.querySelector('.gallery')) main.replaceChildren(skeleton());
    try {
      const shown = await viewOf(state)(state, navigation, asking);
      signal.throwIfAborted();
      results = shown.results;
      put(shown.content, shown.status);
    } catch (error) {
      if (signal.aborted) return false;
      const again = () => {
        drawn = '';
        void redraw();
      };
      results = [];
      put([explainFailure(error, again)], '');
      if (error instanceof Unreachable) void whenBack(signal, again);
    }
    return true;
  };
  const redraw = () => draw(navigation.state);
  return {
    draw,
    get results() {
      return results;
    },
  };
}

/** Looks now and then whether the server answers again. */
async function whenBack(signal: AbortSignal, again: () => void): Promise<void> {
  try {
    for (;;) {
      await pause(lookEvery, signal);
      const response = await fetch('/api/health', { signal }).catch(() => undefined);
      signal.throwIfAborted();
      if (response?.ok) return again();
    }
  } catch {} // the visitor has gone elsewhere
}
