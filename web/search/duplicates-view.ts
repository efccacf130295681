import { findDuplicates, type Group } from './api.ts';
import { element } from './element.ts';
import { countText, similarityText } from './format.ts';
import { message } from './message.ts';
import type { Navigation } from './navigation.ts';
import type { Show } from './shown.ts';
import type { State } from './state.ts';
import { gallery } from './tile.ts';

/** Groups of pictures that are nearly the same, whatever is searched for. */
export const duplicatesView: Show = async (state, navigation, asking) => {
  const { groups, total } = await findDuplicates(state.threshold, asking);
  const heading = element('h1', { class: 'unseen' }, 'Near duplicates');
  const found = groups.map((group) => section(group, navigation));
  if (total === 0)
    found.push(message('No duplicates', `No two pictures are alike by ${similarityText(state.threshold)} or more.`));
  const rest = total > groups.length ? `; the largest ${groups.length} are shown` : '';
  return {
    content: [heading, thresholdForm(state, navigation), ...found],
    results: groups.flatMap(({ results }) => results),
    status: `${countText(total, 'group', 'groups')} of near duplicates${rest}`,
  };
};

function section({ sameFile, similarity, results }: Group, navigation: Navigation): HTMLElement {
  const captions = results[0]?.caption !== undefined;
  const same = captions ? 'the same caption' : 'the same file';
  const kind = sameFile ? same : `alike by ${similarityText(similarity)} or more`;
  const heading = countText(results.length, captions ? 'caption' : 'picture', captions ? 'captions' : 'pictures');
  return element(
    'section',
    { class: 'group' },
    element('h2', {}, heading, element('span', { class: 'count' }, kind)),
    gallery(results, navigation, `${heading}, ${kind}`),
  );
}

function thresholdForm(state: State, navigation: Navigation): HTMLFormElement {
  const output = element('output', { for: 'threshold' }, similarityText(state.threshold));
  const range = element('input', {
    id: 'threshold',
    type: 'range',
    min: 0.7,
    max: 1,
    step: 0.01,
    value: state.threshold,
    oninput: () => {
      output.textContent = similarityText(range.valueAsNumber);
    },
    onchange: () => navigation.go({ threshold: range.valueAsNumber }, 'replace'),
  });
  return element(
    'form',
    { class: 'controls', onsubmit: (event: Event) => event.preventDefault() },
    element('label', { for: 'threshold' }, 'Least similarity'),
    range,
    output,
  );
}
