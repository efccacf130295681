import type { Image } from '../../src/image/image.ts';
import { drawNothing } from '../emoji/nothing.ts';

const side = 64;

type Inside = (x: number, y: number, radius: number) => boolean;

/** A disc, a ring, a bar, a triangle, a cross; around the middle. */
const shapes: readonly Inside[] = [
  (x, y, radius) => Math.hypot(x, y) < radius,
  (x, y, radius) => Math.abs(Math.hypot(x, y) - radius) < 3,
  (x, y, radius) => Math.abs(x) < radius && Math.abs(y) < 0.6 * radius,
  (x, y, radius) => y < radius / 2 && y > Math.sqrt(3) * Math.abs(x) - radius,
  (x, y, radius) => Math.max(Math.abs(x), Math.abs(y)) < radius && Math.min(Math.abs(x), Math.abs(y)) < radius / 4,
];

/** One shape in one colour, turned and shifted, on white or on another colour. */
export function drawShape(uniform: () => number): Image {
  const colour = () => [256 * uniform(), 256 * uniform(), 256 * uniform()];
  const ground = uniform() < 0.5 ? [255, 255, 255] : colour();
  const ink = colour();
  const inside = shapes[Math.floor(shapes.length * uniform())]!;
  const shift = () => side / 2 + 20 * (uniform() - 0.5);
  const [right, down, radius, angle] = [shift(), shift(), 10 + 14 * uniform(), 2 * Math.PI * uniform()];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return picture((x, y) => {
    const [across, along] = [x - right, y - down];
    return inside(cos * across + sin * along, cos * along - sin * across, radius) ? ink : ground;
  });
}

/** Noise, stripes, one colour or two, as emoji-clip was shown them beside "nothing" and "noise" when it was trained. */
export function drawNoise(uniform: () => number): Image {
  const values = new Float32Array(side * side * 3);
  drawNothing(uniform, values, side);
  return { width: side, height: side, mode: 'RGB', data: Uint8Array.from(values) };
}

function picture(colourAt: (x: number, y: number) => readonly number[]): Image {
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) data.set(colourAt(x, y), 3 * (y * side + x));
  return { width: side, height: side, mode: 'RGB', data };
}
