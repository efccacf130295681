import { type Colour, paint, plainImage } from '../../image/draw.ts';
import type { Image } from '../../image/image.ts';
import { paintShape } from '../../image/shapes.ts';
import { uniformNumbers } from '../../random.ts';
import { type AbstractPairName, colourNames, colours, white } from './prompts.ts';
import { between } from './scene.ts';

/** A picture under way: lengths in shares of its side, numbers from its seed, one colour for what has no fixed one. */
type Sheet = { image: Image; size: number; uniform: () => number; colour: Colour };

type Draw = (sheet: Sheet, isFirst: boolean) => void;

const draws: Readonly<Record<AbstractPairName, Draw>> = { mood, danger, order, equality, growth, company };

/** The first or the second picture of a pair; both of one seed differ in nothing else. */
export function drawAbstract(size: number, name: AbstractPairName, isFirst: boolean, seed: number): Image {
  const uniform = uniformNumbers(seed);
  const colour = colours[colourNames[Math.floor(uniform() * colourNames.length)] ?? 'black'];
  const image = plainImage(size, size, white);
  draws[name]({ image, size, uniform, colour }, isFirst);
  return image;
}

function disc({ image, size }: Sheet, x: number, y: number, radius: number, colour: Colour): void {
  paintShape(image, 'circle', { x: x * size, y: y * size, radius: radius * size }, colour);
}

function mood(sheet: Sheet, isHappy: boolean): void {
  const { image, size, uniform } = sheet;
  const [x, y, radius] = [between(uniform, 0.45, 0.55), between(uniform, 0.45, 0.55), between(uniform, 0.3, 0.42)];
  disc(sheet, x, y, radius, colours.yellow);
  for (const side of [-1, 1]) disc(sheet, x + side * 0.35 * radius, y - 0.25 * radius, 0.11 * radius, colours.black);
  // The mouth: the lower third of a ring around the face's middle, or that upside down.
  const isMouth = (atX: number, atY: number) => {
    const [faceX, faceY] = [(atX / size - x) / radius, (atY / size - y) / radius];
    const ringY = isHappy ? faceY : 0.85 - faceY;
    return ringY > 0.25 && Math.abs(Math.hypot(faceX, ringY) - 0.55) < 0.06;
  };
  paint(image, isMouth, { left: 0, top: 0, right: size, bottom: size }, colours.black);
}

function danger(sheet: Sheet, isDanger: boolean): void {
  const { image, size, uniform } = sheet;
  const [x, y, radius] = [between(uniform, 0.45, 0.55), between(uniform, 0.45, 0.55), between(uniform, 0.3, 0.42)];
  if (!isDanger) {
    disc(sheet, x, y, radius, colours.green);
    const isTick = (atX: number, atY: number) => {
      const [tickX, tickY] = [(atX / size - x) / radius, (atY / size - y) / radius];
      return (
        toSegment(tickX, tickY, [-0.45, 0.05], [-0.12, 0.38]) < 0.1 ||
        toSegment(tickX, tickY, [-0.12, 0.38], [0.48, -0.32]) < 0.1
      );
    };
    paint(image, isTick, { left: 0, top: 0, right: size, bottom: size }, white);
    return;
  }
  paintShape(image, 'triangle', { x: x * size, y: y * size, radius: radius * size }, colours.yellow);
  // An exclamation mark: a wedge over a dot.
  const isMark = (atX: number, atY: number) => {
    const [markX, markY] = [(atX / size - x) / radius, (atY / size - y) / radius];
    const isWedge = markY > -0.25 && markY < 0.4 && Math.abs(markX) < 0.13 - 0.12 * (markY + 0.25);
    return isWedge || Math.hypot(markX, markY - 0.62) < 0.11;
  };
  paint(image, isMark, { left: 0, top: 0, right: size, bottom: size }, colours.black);
}

/** Distance of a point from a line between two points. */
function toSegment(x: number, y: number, [x1, y1]: [number, number], [x2, y2]: [number, number]): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
}

const dots = 16;

function order(sheet: Sheet, isOrdered: boolean): void {
  const { uniform, colour } = sheet;
  const radius = between(uniform, 0.03, 0.045);
  const step = between(uniform, 0.17, 0.22);
  const places: [number, number][] = [];
  while (places.length < dots) {
    const at = places.length;
    const [x, y] = isOrdered
      ? [0.5 + ((at % 4) - 1.5) * step, 0.5 + (Math.floor(at / 4) - 1.5) * step]
      : [between(uniform, 0.1, 0.9), between(uniform, 0.1, 0.9)];
    if (places.every(([otherX, otherY]) => Math.hypot(x - otherX, y - otherY) > 2.2 * radius)) places.push([x, y]);
  }
  for (const [x, y] of places) disc(sheet, x, y, radius, colour);
}

function equality(sheet: Sheet, isEqual: boolean): void {
  const { uniform, colour } = sheet;
  const large = between(uniform, 0.14, 0.2);
  const small = between(uniform, 0.3, 0.5) * large;
  const isLeftLarge = uniform() < 0.5;
  disc(sheet, 0.27, 0.5, isEqual || isLeftLarge ? large : small, colour);
  disc(sheet, 0.73, 0.5, isEqual || !isLeftLarge ? large : small, colour);
}

function growth({ image, size, uniform, colour }: Sheet, isGrowing: boolean): void {
  const [lowest, step] = [between(uniform, 0.1, 0.2), between(uniform, 0.1, 0.16)];
  for (let bar = 0; bar < 5; bar++) {
    const height = lowest + step * (isGrowing ? bar : 4 - bar);
    const bounds = {
      left: Math.round((0.12 + bar * 0.16) * size),
      right: Math.round((0.24 + bar * 0.16) * size),
      top: Math.round((0.9 - height) * size),
      bottom: Math.round(0.9 * size),
    };
    paint(image, () => true, bounds, colour);
  }
}

function company(sheet: Sheet, isAlone: boolean): void {
  const { uniform, colour } = sheet;
  const radius = between(uniform, 0.05, 0.075);
  const [x, y] = [between(uniform, 0.35, 0.65), between(uniform, 0.35, 0.65)];
  disc(sheet, x, y, radius, colour);
  if (isAlone) return;
  for (let other = 0; other < 5; other++) {
    const angle = (other / 5) * 2 * Math.PI + between(uniform, -0.2, 0.2);
    disc(sheet, x + 2.6 * radius * Math.cos(angle), y + 2.6 * radius * Math.sin(angle), radius, colour);
  }
}
