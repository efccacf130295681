import { type Colour, paint, type Region } from './draw.ts';
import type { Image } from './image.ts';

export type Shape = 'circle' | 'square' | 'triangle' | 'star' | 'cross' | 'heart';

/** Plane figures that fill the square from (-1, -1) to (1, 1); y points down. */
export const shapes: Readonly<Record<Shape, Region>> = {
  circle: (x, y) => x * x + y * y <= 1,
  square: (x, y) => Math.abs(x) <= 0.9 && Math.abs(y) <= 0.9,
  triangle: (x, y) => y <= 0.9 && 2 * Math.abs(x) <= y + 1,
  star: isInStar,
  cross: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 1 && Math.min(Math.abs(x), Math.abs(y)) <= 0.33,
  heart: (x, y) => isInHeart(1.2 * x, 0.15 - 1.2 * y),
};

/** Paints a shape on a picture of mode RGB, in place; `radius` is half its width. All in pixels. */
export function paintShape(
  image: Image,
  shape: Shape,
  { x, y, radius }: { x: number; y: number; radius: number },
  colour: Colour,
): void {
  const figure = shapes[shape];
  const bounds = { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
  paint(image, (atX, atY) => figure((atX - x) / radius, (atY - y) / radius), bounds, colour);
}

/** A star of five points, the first one up. Its inner radius is that of the pentagram: 0.382 of the outer. */
function isInStar(x: number, y: number): boolean {
  const sector = Math.PI / 5;
  const turned = Math.abs(Math.atan2(x, -y)) % (2 * sector);
  const angle = Math.min(turned, 2 * sector - turned); // from the nearest point's axis, 0 to 36 degrees
  const inner = (3 - Math.sqrt(5)) / 2;
  // On the straight line from the point (1, 0°) to the notch (inner, 36°), in polar form.
  const edge = (inner * Math.sin(sector)) / (inner * Math.sin(sector - angle) + Math.sin(angle));
  return Math.hypot(x, y) <= edge;
}

/** The curve (x² + y² - 1)³ = x² y³, y up. */
function isInHeart(x: number, y: number): boolean {
  return (x * x + y * y - 1) ** 3 <= x * x * y ** 3;
}
