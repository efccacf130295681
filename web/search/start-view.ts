import { fetchStats } from './api.ts';
import { element } from './element.ts';
import { countText } from './format.ts';
import { type IconName, icon } from './icons.ts';
import { message } from './message.ts';
import type { Navigation } from './navigation.ts';
import type { Show } from './shown.ts';
import { addressOf, type State, startState } from './state.ts';
import { followLink } from './views.ts';

const examples = ['a dog', 'a red car', 'people eating', 'the sea at sunset', '"mountains" - "snow"'];

const ways: readonly (readonly [IconName, heading: string, text: string])[] = [
  ['search', 'Describe it', 'Say in a few words what the picture shows. Names of files do not matter.'],
  ['picture', 'Show it', 'Drop, paste or choose a picture, and find those that look like it.'],
  ['alike', 'Refine it', 'Say plus or minus to pictures that you find: more like this, less like that.'],
];

/** What is there before anything is searched for. */
export const startView: Show = async ({ filters }, navigation, asking) => {
  const { pictures, captions, model } = await fetchStats(asking);
  if (pictures === 0)
    return {
      content: [message('No pictures yet', 'Put a folder into the index first: clip-tfjs index FOLDER --store STORE')],
      results: [],
      status: '',
    };
  const content = [
    element(
      'section',
      { class: 'start' },
      element(
        'h1',
        {},
        `Search ${captions ? countText(pictures, 'caption', 'captions') : countText(pictures, 'picture', 'pictures')}`,
      ),
      element('p', {}, 'Describe what you look for, or show a picture that is like it.'),
      element(
        'ul',
        { class: 'examples', 'aria-label': 'Examples' },
        ...examples.map((words) => example({ ...startState, filters, words }, navigation)),
      ),
      element('ul', { class: 'ways' }, ...ways.map((way) => explained(...way))),
      element('p', { class: 'fine' }, `Everything stays on the computer that serves this page. Model: ${model.name}.`),
    ),
  ];
  return { content, results: [], status: '' };
};

function example(state: State, navigation: Navigation): HTMLLIElement {
  const link = element('a', { href: addressOf(state) }, state.words);
  followLink(link, () => navigation.go(state));
  return element('li', {}, link);
}

function explained(drawing: IconName, heading: string, text: string): HTMLLIElement {
  return element('li', {}, icon(drawing), element('h2', {}, heading), element('p', {}, text));
}
