import { showChips } from './chips.ts';
import { addDropTarget } from './drop-target.ts';
import { byId } from './element.ts';
import { makeFilterForm } from './filter-form.ts';
import { addGridKeys, focusTile } from './grid-keys.ts';
import { keepPicture } from './kept-pictures.ts';
import { startNavigation } from './navigation.ts';
import { makeScreen } from './screen.ts';
import { makeSearchBox } from './search-box.ts';
import { addressOf, hasQuery, pageSize, type State, startState } from './state.ts';
import { makeViewer } from './viewer.ts';
import { showViews } from './views.ts';

const [main, views, chips] = ['main', 'views', 'chips'].map(byId) as [HTMLElement, HTMLElement, HTMLElement];

const navigation = startNavigation((state, isReturn) => void show(state, isReturn));
const searchBy = (picture: File) =>
  navigation.go({ ...startState, filters: navigation.state.filters, picture: keepPicture(picture) });
const box = makeSearchBox(navigation, searchBy, () => focusTile(main.querySelector('.tile')));
const filters = makeFilterForm(navigation);
const screen = makeScreen(navigation);
const viewer = makeViewer(navigation, (id) => focusTile(main.querySelector(`.tile[data-id="${id}"]`)));
addDropTarget(searchBy);
addGridKeys(main, navigation, box.focus);

addEventListener('keydown', (event) => {
  const isTyping = (event.target as Element).closest('input, textarea, dialog') !== null;
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
});

let scrolledFor = '';

/** Draws a state: what is there at once, and then what the server has to say. */
async function show(state: State, isReturn: boolean): Promise<void> {
  const query = state.words || (hasQuery(state) ? 'like a picture' : '');
  document.title = query === '' ? 'Picture search' : `${query} \u2013 picture search`;
  document.body.classList.toggle('starting', !hasQuery(state) && state.view === 'pictures');
  box.show(state);
  filters.show(state);
  showViews(views, state, navigation);
  showChips(chips, state, navigation);
  const place = addressOf({ ...state, opened: -1, count: pageSize, threshold: startState.threshold });
  if (place !== scrolledFor && !isReturn) scrollTo(0, 0);
  scrolledFor = place;
  if (state.opened < 0) viewer.show(-1, screen.results);
  if (await screen.draw(state)) viewer.show(navigation.state.opened, screen.results);
}

void show(navigation.state, false);
if (document.body.classList.contains('starting') && matchMedia('(hover: hover)').matches) box.focus();
