import { classify, type Result } from './api.ts';
import type { Asking } from './ask.ts';
import { element } from './element.ts';
import { countText, labelsOf, percent } from './format.ts';
import { message } from './message.ts';
import type { Navigation } from './navigation.ts';
import { findOnce } from './remember.ts';
import type { Show } from './shown.ts';
import { hasQuery, type State } from './state.ts';
import { gallery } from './tile.ts';

/** The results of a search, sorted by labels that the visitor types. */
export const labelsView: Show = async (state, navigation, asking) => {
  if (!hasQuery(state))
    return {
      content: [
        message(
          'Search first',
          'Then type labels, such as cat, dog, horse: the pictures that were found are sorted by them.',
        ),
      ],
      results: [],
      status: '',
    };
  const { results } = await findOnce(state, asking);
  const labels = labelsOf(state.labels);
  const heading = element('h1', { class: 'unseen' }, 'Pictures by labels');
  const form = labelForm(state, navigation);
  if (labels.length === 0 || results.length === 0)
    return {
      content: [heading, form, gallery(results, navigation, 'Pictures without labels')],
      results,
      status: `${countText(results.length, 'picture', 'pictures')}, no labels yet`,
    };
  const groups = await sortBy(labels, results, asking);
  const filled = groups.filter(({ members }) => members.length > 0);
  return {
    content: [heading, form, ...filled.map((group) => section(group, navigation))],
    results: filled.flatMap(({ members }) => members.map(({ result }) => result)),
    status: groups.map(({ label, members }) => `${label}: ${members.length}`).join(', '),
  };
};

type Member = { result: Result; probability: number };
type LabelGroup = { label: string; members: Member[] };

/** Each picture goes to its best label; the surest first. */
async function sortBy(labels: readonly string[], results: readonly Result[], asking: Asking): Promise<LabelGroup[]> {
  const { classified } = await classify(
    results.map(({ id }) => id),
    labels,
    asking,
  );
  const best = new Map(classified.map(({ id, ranked }) => [id, ranked[0]]));
  return labels.map((label) => ({
    label,
    members: results
      .filter(({ id }) => best.get(id)?.label === label)
      .map((result) => ({ result, probability: best.get(result.id)?.probability ?? 0 }))
      .sort((one, other) => other.probability - one.probability),
  }));
}

function section({ label, members }: LabelGroup, navigation: Navigation): HTMLElement {
  const results = members.map(({ result }) => result);
  const notes = members.map(({ probability }) => percent(probability));
  return element(
    'section',
    { class: 'group' },
    element('h2', {}, label, element('span', { class: 'count' }, `${members.length}`)),
    gallery(results, navigation, label, notes),
  );
}

function labelForm(state: State, navigation: Navigation): HTMLFormElement {
  const input = element('input', {
    id: 'labels',
    type: 'text',
    value: state.labels,
    placeholder: 'cat, dog, horse',
    autocomplete: 'off',
    autocapitalize: 'off',
    maxlength: 2000,
  });
  const submit = (event: Event) => {
    event.preventDefault();
    navigation.go({ labels: labelsOf(input.value).join(', ') });
  };
  return element(
    'form',
    { class: 'controls', onsubmit: submit },
    element('label', { for: 'labels' }, 'Labels, with commas'),
    input,
    element('button', { class: 'action', type: 'submit' }, 'Sort'),
  );
}
