import { fetchStats } from './api.ts';
import { byId, element } from './element.ts';
import { describeFilters, type Filters, filterFault, noFilters } from './filters.ts';
import { icon } from './icons.ts';
import type { Navigation } from './navigation.ts';
import { pageSize, type State } from './state.ts';

/** The fold below the search box: which pictures count. */
export type FilterForm = { show(state: State): void };

type Field = { label: string; attributes: Record<string, string | number>; ofFiles?: true };

/** Captions have neither a time nor a size. */
const fields: Readonly<Record<keyof Filters, Field>> = {
  path: { label: 'Folder or file name', attributes: { type: 'text', placeholder: '2024, or *.jpg', maxlength: 500 } },
  from: { label: 'Changed from', attributes: { type: 'date', max: '9999-12-31' }, ofFiles: true },
  until: { label: 'Changed until', attributes: { type: 'date', max: '9999-12-31' }, ofFiles: true },
  least: { label: 'Size from, in kB', attributes: sizeInput('100'), ofFiles: true },
  most: { label: 'Size up to, in kB', attributes: sizeInput('5000'), ofFiles: true },
};

function sizeInput(placeholder: string): Field['attributes'] {
  return { type: 'number', min: 0, max: 999_999_999, step: 'any', inputmode: 'decimal', placeholder };
}

const names = Object.keys(fields) as (keyof Filters)[];

export function makeFilterForm(navigation: Navigation): FilterForm {
  const details = byId<HTMLDetailsElement>('filters');
  const inputs = new Map(names.map((name) => [name, inputOf(name)]));
  const typed = () => Object.fromEntries([...inputs].map(([name, input]) => [name, typedInto(input)])) as Filters;
  const apply = (filters: Filters) => {
    if (!isWide()) {
      details.open = false; // so that the results are seen
      summary.focus();
    }
    navigation.go({ filters, count: pageSize, opened: -1 });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const fault = filterFault(typed());
    const last = inputs.get(fault.includes('day') ? 'until' : 'most') as HTMLInputElement;
    last.setCustomValidity(fault);
    if (last.reportValidity()) apply(typed());
  };
  const clear = element('button', { type: 'button', class: 'action' }, 'Clear the filters');
  clear.addEventListener('click', () => {
    const [first] = inputs.values();
    first?.focus();
    apply(noFilters);
  });
  const said = element('span', { class: 'said' });
  const summary = element('summary', {}, icon('filter'), element('span', {}, 'Filters'), said);
  const labels = names.map((name) => element('label', { class: name }, fields[name].label, inputs.get(name) as Node));
  const form = element(
    'form',
    { 'aria-label': 'Filters', onsubmit: submit, oninput: () => forgive(inputs) },
    ...labels,
    element('p', {}, element('button', { type: 'submit', class: 'action' }, 'Apply'), clear),
  );
  details.append(summary, form);
  details.addEventListener('toggle', () => void hideWhatCaptionsLack(labels), { once: true });
  return {
    show: ({ filters, view }) => {
      details.hidden = view === 'duplicates'; // they are those of the whole index
      const active = describeFilters(filters);
      said.textContent = active.join(', ');
      clear.hidden = active.length === 0;
      for (const [name, input] of inputs) input.value = filters[name];
      forgive(inputs);
    },
  };
}

const isWide = () => matchMedia('(min-width: 40.01rem)').matches;

function inputOf(name: keyof Filters): HTMLInputElement {
  return element('input', { id: `filter-${name}`, autocomplete: 'off', ...fields[name].attributes });
}

/** Numbers in the one form that the address has, to a byte: 1e3 is 1000. */
function typedInto({ type, value }: HTMLInputElement): string {
  const text = value.trim();
  return type === 'number' && text !== '' ? `${Number(Number(text).toFixed(3))}` : text;
}

/** A fault that has been said holds until something is typed. */
function forgive(inputs: ReadonlyMap<string, HTMLInputElement>): void {
  for (const input of inputs.values()) input.setCustomValidity('');
}

async function hideWhatCaptionsLack(labels: readonly HTMLElement[]): Promise<void> {
  const asking = { signal: new AbortController().signal, onWait: () => {} };
  const stats = await fetchStats(asking).catch(() => undefined); // where the server is gone, the search says so
  for (const [at, name] of names.entries())
    (labels[at] as HTMLElement).hidden = stats?.captions === true && fields[name].ofFiles === true;
}
