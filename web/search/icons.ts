/** Lines in a square of 24 x 24. */
const paths = {
  search: 'M16.5 16.5 21 21M18.5 10.8a7.7 7.7 0 1 1-15.4 0 7.7 7.7 0 0 1 15.4 0Z',
  picture: 'M4 5h16v14H4zM4 16l5-5 5 5 2.5-2.5L20 17M15.5 9.2h.01',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  previous: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  labels: 'M4 4h8l8.5 8.5-8 8L4 12zM8.2 8.2h.01',
  duplicates: 'M9 4h11v11H9zM15 15v5H4V9h5',
  alike: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM16.5 13v7M13 16.5h7',
  open: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  filter: 'M4 6h16M7 12h10M10 18h4',
  warning: 'M12 4 2.5 20h19zM12 10v4.5M12 17.3h.01',
} as const;

export type IconName = keyof typeof paths;

const namespace = 'http://www.w3.org/2000/svg';

/** A drawing beside or instead of words; assistive technology does not see it. */
export function icon(name: IconName): SVGElement {
  const drawing = document.createElementNS(namespace, 'svg');
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('class', 'icon');
  drawing.setAttribute('aria-hidden', 'true');
  const lines = document.createElementNS(namespace, 'path');
  lines.setAttribute('d', paths[name]);
  drawing.append(lines);
  return drawing;
}
