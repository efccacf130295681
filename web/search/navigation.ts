import { addressOf, readState, type State } from './state.ts';

/** Where the visitor is, and the ways to elsewhere. */
export type Navigation = {
  readonly state: State;
  /** Changes a part of the state. `replace`: the back button skips what was there. */
  go(change: Partial<State>, how?: 'push' | 'replace'): void;
  /** To where the visitor came from, or to `change` where the page was opened by its address. */
  back(change: Partial<State>): void;
};

/** Calls `show` with each new state. `isReturn`: the visitor went back or forward, so that the browser scrolls by itself. */
export function startNavigation(show: (state: State, isReturn: boolean) => void): Navigation {
  let state = readState(location.search);
  addEventListener('popstate', () => {
    state = readState(location.search);
    show(state, true);
  });
  const navigation: Navigation = {
    get state() {
      return state;
    },
    go: (change, how = 'push') => {
      state = { ...state, ...change };
      if (how === 'push') history.pushState({ isPushed: true }, '', addressOf(state));
      else history.replaceState(history.state, '', addressOf(state));
      show(state, false);
    },
    back: (change) => {
      if (history.state?.isPushed) history.back();
      else navigation.go(change, 'replace');
    },
  };
  return navigation;
}
