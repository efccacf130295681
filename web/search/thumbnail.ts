import type { Result } from './api.ts';
import { element } from './element.ts';

/** Made before, by id: pictures that stay when results change do not flicker. */
const made = new Map<number, HTMLImageElement>();

const mostKept = 2000;

/** Milliseconds before a thumbnail is asked for again: the server makes a few at a time. */
const waits = [1000, 3000, 8000];

/** A small picture that is loaded when it comes near the window. The button around it has its name. */
export function thumbnail({ id, thumbnail: address, width, height }: Result): HTMLImageElement {
  const known = made.get(id);
  if (known && !known.classList.contains('missing')) return known;
  if (made.size >= mostKept) made.clear();
  const size = width > 0 && height > 0 ? { width, height } : {};
  const image = element('img', { alt: '', loading: 'lazy', decoding: 'async', draggable: 'false', ...size });
  let failures = 0;
  image.addEventListener('error', () => {
    const wait = waits[failures++];
    if (wait === undefined) image.classList.add('missing');
    else setTimeout(() => image.setAttribute('src', address), wait);
  });
  image.setAttribute('src', address);
  made.set(id, image);
  return image;
}
