import type { Navigation } from './navigation.ts';
import { refine } from './tile.ts';

type Box = { left: number; right: number; top: number };

/**
 * The tile that an arrow key leads to.
 * @param boxes of the tiles, in order
 * @returns a place among them, or -1 above the first row
 */
export function neighbour(boxes: readonly Box[], at: number, key: string): number {
  const from = boxes[at];
  if (!from) return at;
  const last = boxes.length - 1;
  if (key === 'ArrowLeft') return Math.max(0, at - 1);
  if (key === 'ArrowRight') return Math.min(last, at + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  const isDown = key === 'ArrowDown';
  const tops = boxes.map(({ top }) => top).filter((top) => (isDown ? top > from.top + 1 : top < from.top - 1));
  if (tops.length === 0) return isDown ? at : -1;
  const row = isDown ? Math.min(...tops) : Math.max(...tops);
  const middle = (from.left + from.right) / 2;
  const distance = ({ left, right }: Box) => Math.abs((left + right) / 2 - middle);
  let nearest = -1;
  for (const [i, box] of boxes.entries())
    if (Math.abs(box.top - row) <= 1 && (nearest < 0 || distance(box) < distance(boxes[nearest] as Box))) nearest = i;
  return nearest;
}

const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'];

const tilesOf = (main: HTMLElement) => [...main.querySelectorAll<HTMLElement>('.tile')];
const buttonsOf = (tile: Element) => [...tile.querySelectorAll('button')];

/**
 * Arrow keys move among the tiles, + and - refine; Tab enters the grid at one tile and leaves it after that one's buttons.
 * @param leave where Escape, and the arrow up from the first row, lead
 */
export function addGridKeys(main: HTMLElement, navigation: Navigation, leave: () => void): void {
  main.addEventListener('focusin', ({ target }) => {
    const tile = (target as Element).closest('.tile');
    if (tile) enterAt(main, tile);
  });
  main.addEventListener('keydown', (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    const tile = (target as Element).closest<HTMLElement>('.tile');
    if (!tile || ctrlKey || metaKey || altKey) return;
    const side = key === '+' ? 'plus' : key === '-' ? 'minus' : undefined;
    if (side) refine(Number(tile.dataset.id), side, navigation);
    else if (key === 'Escape') leave();
    else if (keys.includes(key)) {
      const tiles = tilesOf(main);
      const boxes = tiles.map((each) => each.getBoundingClientRect());
      const next = tiles[neighbour(boxes, tiles.indexOf(tile), key)];
      if (next) focusTile(next);
      else leave();
    } else return;
    event.preventDefault();
  });
}

/** Makes a tile the one that Tab enters at; without one, the first. */
export function enterAt(main: HTMLElement, tile: Element | undefined = tilesOf(main)[0]): void {
  for (const button of main.querySelectorAll('.tile button[tabindex="0"]')) button.setAttribute('tabindex', '-1');
  if (tile) for (const button of buttonsOf(tile)) button.setAttribute('tabindex', '0');
}

export function focusTile(tile: Element | null | undefined): void {
  tile?.querySelector<HTMLElement>('.open')?.focus();
}
