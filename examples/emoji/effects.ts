import type { Recipe } from './recipe.ts';

/** What a colour looks like without its colour (ITU-R BT.601). */
const luma = [0.299, 0.587, 0.114] as const;

/**
 * Hue, saturation and brightness, each by its own amount, as one matrix per picture: the hue turns around the grey axis.
 * @param pixels [size, size, 4], the colours multiplied by alpha, and never above it
 */
export function recolour(pixels: Float32Array, limits: Recipe['augmentation'], uniform: () => number): void {
  const between = ([low, high]: readonly [number, number]) => low + (high - low) * uniform();
  const angle = 2 * Math.PI * between([-limits.hue, limits.hue]);
  const saturation = between(limits.saturation);
  const brightness = between(limits.brightness);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle) / Math.sqrt(3)];
  const rest = (1 - cos) / 3;
  const turn = [cos + rest, rest - sin, rest + sin]; // Rodrigues' rotation around (1, 1, 1): a circulant matrix
  const matrix = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => {
      const turned = turn[(column - row + 3) % 3]!;
      return brightness * (saturation * turned + (1 - saturation) * luma[column]!);
    }),
  );
  for (let at = 0; at < pixels.length; at += 4) {
    const [red, green, blue] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    for (let c = 0; c < 3; c++) {
      const level = matrix[3 * c]! * red + matrix[3 * c + 1]! * green + matrix[3 * c + 2]! * blue;
      pixels[at + c] = Math.min(pixels[at + 3]!, Math.max(0, level));
    }
  }
}

/** @param pixels [size, size, 4] */
export function toGrey(pixels: Float32Array): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const grey = luma[0] * pixels[at]! + luma[1] * pixels[at + 1]! + luma[2] * pixels[at + 2]!;
    pixels.fill(grey, at, at + 3);
  }
}

/** Leaves so many levels of each channel: shades become areas of one colour. */
export function posterise(pixels: Float32Array, levels: number): void {
  const step = 255 / (levels - 1);
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.round(pixels[i]! / step) * step;
}

/**
 * Where a pen would draw: the strength of the edges of all channels (Sobel's operator), made lines of one darkness.
 * @param to [size, size], 0 to 1
 * @param strength 1 draws clear edges only, 2 faint ones too
 */
export function linesOf(pixels: Float32Array, to: Float32Array, size: number, strength: number): void {
  const below = 3 * size;
  to.fill(0);
  for (let row = 1; row < size - 1; row++)
    for (let column = 1; column < size - 1; column++) {
      let strongest = 0;
      for (let c = 0; c < 3; c++) {
        const i = row * below + 3 * column + c;
        const [nw, n, ne] = [pixels[i - below - 3]!, pixels[i - below]!, pixels[i - below + 3]!];
        const [w, e] = [pixels[i - 3]!, pixels[i + 3]!];
        const [sw, s, se] = [pixels[i + below - 3]!, pixels[i + below]!, pixels[i + below + 3]!];
        const x = ne + 2 * e + se - nw - 2 * w - sw;
        const y = sw + 2 * s + se - nw - 2 * n - ne;
        strongest = Math.max(strongest, x * x + y * y);
      }
      const edge = (strength * Math.sqrt(strongest)) / (4 * 255); // 1 from black to white
      to[row * size + column] = Math.min(1, Math.max(0, 3 * edge - 0.5));
    }
}

/** Means of 3 x 3 pixels, but along the border. @param spare of the same length */
export function smooth(pixels: Float32Array, spare: Float32Array, size: number): void {
  const below = 3 * size;
  spare.set(pixels);
  for (let row = 1; row < size - 1; row++)
    for (let i = row * below + 3; i < (row + 1) * below - 3; i++) {
      let sum = 0;
      for (const line of [i - below, i, i + below]) sum += spare[line - 3]! + spare[line]! + spare[line + 3]!;
      pixels[i] = sum / 9;
    }
}
