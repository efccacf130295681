import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { exampleFolder, packageFile } from './folders.ts';
import type { Source } from './styles.ts';

/** [size, size, 4]: red, green, blue, alpha, the colours multiplied by alpha: what two drawings are mixed in. */
export type Drawing = Uint8Array;

const { Resvg } = createRequire(join(exampleFolder, 'package.json'))(
  '@resvg/resvg-js',
) as typeof import('@resvg/resvg-js');

/** @returns undefined where the font has no such letter, or the picture is not square */
export function rasterise(source: Source, size: number): Drawing | undefined {
  if ('png' in source) return rasterisePng(source.png, size);
  if ('letter' in source) return rasteriseLetter(source.letter, size);
  const { width, height, pixels } = new Resvg(source.svg, {
    fitTo: { mode: 'width', value: size },
    font: { loadSystemFonts: false },
  }).render();
  return width === size && height === size ? new Uint8Array(pixels) : undefined;
}

function rasterisePng(path: string, size: number): Drawing {
  const { width, height, data } = PNG.sync.read(readFileSync(path));
  if (width !== size || height !== size)
    throw new Error(`Cannot use ${path}: expected ${size} x ${size} pixels but got ${width} x ${height}`);
  return Uint8Array.from(data, (value, at) =>
    at % 4 === 3 ? value : Math.round((value * (data[at | 3] as number)) / 255),
  );
}

const font = { family: 'Noto Emoji', file: ['400Regular', 'NotoEmoji_400Regular.ttf'] } as const;

/** A letter that comes out as several (the font does not know it as one) reaches the right edge, and is none. */
function rasteriseLetter(letter: string, size: number): Drawing | undefined {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><text x="${size / 32}" y="${size * 0.79}" font-family="${font.family}" font-size="${size * 0.75}">${letter.replace('&', '&amp;')}</text></svg>`;
  const { pixels } = new Resvg(svg, {
    font: {
      loadSystemFonts: false,
      fontFiles: [packageFile('@expo-google-fonts/noto-emoji', ...font.file)],
      defaultFontFamily: font.family,
    },
  }).render();
  const inked = (at: number) => (pixels[4 * at + 3] as number) > 0;
  const isBlank = !pixels.some((value) => value > 0);
  const overflows = Array.from({ length: size }, (_, row) => row * size + size - 1).some(inked);
  return isBlank || overflows ? undefined : new Uint8Array(pixels);
}
