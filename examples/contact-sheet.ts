import { readFile } from 'node:fs/promises';

/** A heading, and the pictures that belong under it, the best first. */
export type SheetRow = { title: string; pictures: readonly { path: string; caption: string }[] };

const cell = 104;
const side = 64;
const heading = 34;
const rowHeight = heading + cell;

/** Pictures (PNG) with their captions under headings, as one SVG that holds everything it shows. */
export async function contactSheet(rows: readonly SheetRow[]): Promise<string> {
  const columns = Math.max(...rows.map(({ pictures }) => pictures.length));
  const [width, height] = [columns * cell + 16, rows.length * rowHeight + 16];
  const parts = await Promise.all(
    rows.map(async ({ title, pictures }, row) => {
      const top = 8 + row * rowHeight;
      const cells = await Promise.all(
        pictures.map(({ path, caption }, column) => drawCell(path, caption, 8 + column * cell, top + heading)),
      );
      return [text(title, 16, top + 22, 'class="title"'), ...cells].join('\n');
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">
<title>Drawings under the words that found them</title>
<style>.title { font-size: 16px; font-weight: 600 } .caption { font-size: 10px; fill: #555; text-anchor: middle }</style>
<rect width="100%" height="100%" fill="white"/>
${parts.join('\n')}
</svg>
`;
}

async function drawCell(path: string, caption: string, x: number, y: number): Promise<string> {
  const data = (await readFile(path)).toString('base64');
  const [first, second] = twoLines(caption);
  const middle = x + cell / 2;
  return [
    `<image x="${x + (cell - side) / 2}" y="${y}" width="${side}" height="${side}" href="data:image/png;base64,${data}"/>`,
    text(first, middle, y + side + 14, 'class="caption"'),
    second ? text(second, middle, y + side + 26, 'class="caption"') : '',
  ].join('');
}

function text(content: string, x: number, y: number, attributes: string): string {
  const safe = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" ${attributes}>${safe}</text>`;
}

/** Cut where the halves are most alike, if it is long. */
function twoLines(caption: string): [string, string] {
  if (caption.length <= 17) return [caption, ''];
  const spaces = [...caption.matchAll(/ /g)].map(({ index }) => index);
  const middle = caption.length / 2;
  const cut = spaces.sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle))[0];
  return cut === undefined ? [caption, ''] : [caption.slice(0, cut), caption.slice(cut + 1)];
}
