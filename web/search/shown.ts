import type { Result } from './api.ts';
import type { Asking } from './ask.ts';
import type { Navigation } from './navigation.ts';
import type { State } from './state.ts';

/** What a view puts on the page. */
export type Shown = {
  content: Node[];
  /** In the order of the tiles. */
  results: readonly Result[];
  /** Is read out, and shown below the search. */
  status: string;
};

/** Fetches what a state asks for and draws it. */
export type Show = (state: State, navigation: Navigation, asking: Asking) => Promise<Shown>;
