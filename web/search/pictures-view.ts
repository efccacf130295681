import { element } from './element.ts';
import { describeFilters, noFilters } from './filters.ts';
import { countText } from './format.ts';
import { message } from './message.ts';
import type { Navigation } from './navigation.ts';
import { findOnce } from './remember.ts';
import type { Show } from './shown.ts';
import { mostResults, pageSize } from './state.ts';
import { gallery } from './tile.ts';

/** The results of a search, the best first. */
export const picturesView: Show = async (state, navigation, asking) => {
  const { results, took } = await findOnce(state, asking);
  const isFiltered = describeFilters(state.filters).length > 0;
  if (results.length === 0)
    return {
      content: [
        isFiltered
          ? message('Nothing found', 'No picture fits the filters.', clearButton(navigation))
          : message(
              'Nothing found',
              'The index has no picture for this search. Use other words, or take a picture out of it.',
            ),
      ],
      results,
      status: 'No pictures',
    };
  const more = element(
    'button',
    {
      type: 'button',
      class: 'action',
      id: 'more',
      onclick: () => navigation.go({ count: Math.min(mostResults, state.count + pageSize) }, 'replace'),
    },
    'More pictures',
  );
  const content: Node[] = [
    element('h1', { class: 'unseen' }, 'Pictures that were found'),
    gallery(results, navigation, 'Pictures that were found, the best first'),
  ];
  if (results.length === state.count && state.count < mostResults) content.push(more);
  return {
    content,
    results,
    status: `The ${countText(results.length, 'best picture', 'best pictures')}, in ${Math.ceil(took)} ms`,
  };
};

function clearButton({ go }: Navigation): HTMLButtonElement {
  const onclick = () => go({ filters: noFilters, count: pageSize });
  return element('button', { type: 'button', class: 'action', onclick }, 'Search without filters');
}
