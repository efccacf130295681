import type { Colour } from '../../image/draw.ts';
import type { Shape } from '../../image/shapes.ts';

/** All words of the generated probes: what is drawn is named here, and nowhere else. Written for this project. */

/** What stands around a caption that has its article already; a caption's direction is the mean over these. */
export const pictureTemplates: readonly string[] = ['{}', 'a picture of {}', 'a drawing of {}'];

/** What stands around a word that is to be read. */
export const wordTemplates: readonly string[] = ['the word {}', 'the text {}', 'a sign that says {}'];

const shapePlurals: Readonly<Record<Shape, string>> = {
  circle: 'circles',
  square: 'squares',
  triangle: 'triangles',
  star: 'stars',
  cross: 'crosses',
  heart: 'hearts',
};

export type ColourName = 'red' | 'green' | 'blue' | 'yellow' | 'purple' | 'black';

export const colours: Readonly<Record<ColourName, Colour>> = {
  red: [220, 30, 30],
  green: [30, 150, 50],
  blue: [30, 70, 210],
  yellow: [245, 205, 20],
  purple: [140, 40, 160],
  black: [20, 20, 20],
};

export const white: Colour = [255, 255, 255];

export const shapeNames: readonly Shape[] = Object.keys(shapePlurals) as Shape[];
export const colourNames: readonly ColourName[] = Object.keys(colours) as ColourName[];

/** A shape in a colour; its caption is `a red square`. */
export type Thing = { shape: Shape; colour: ColourName };

export const shapeCaption = (shape: Shape): string => `a ${shape}`;
export const colourCaption = (colour: ColourName): string => `a ${colour} shape`;
const thingCaption = ({ shape, colour }: Thing): string => `a ${colour} ${shape}`;
export const leftCaption = (left: Thing, right: Thing): string =>
  `${thingCaption(left)} left of ${thingCaption(right)}`;
export const bothCaption = (first: Thing, second: Thing): string =>
  `${thingCaption(first)} and ${thingCaption(second)}`;

/** What one, two ... six of a shape are called. */
export const countCaption = (count: number, shape: Shape): string =>
  count === 1 ? `one ${shape}` : `${countWords[count - 1]} ${shapePlurals[shape]}`;
export const countWords: readonly string[] = ['one', 'two', 'three', 'four', 'five', 'six'];

/** Five letters each, so that all are equally wide. */
export const printedWords: readonly string[] = [
  'apple',
  'bread',
  'chair',
  'clock',
  'horse',
  'house',
  'knife',
  'lemon',
  'mouse',
  'piano',
  'river',
  'sheep',
  'shirt',
  'snake',
  'spoon',
  'table',
  'tiger',
  'train',
  'wheel',
  'zebra',
];

export type AbstractPairName = 'mood' | 'danger' | 'order' | 'equality' | 'growth' | 'company';

type Two = readonly [first: string, second: string];

/**
 * Two opposite pictures, each named twice: by what is drawn and by the idea that such a picture usually stands for. The
 * names are those of the drawings in abstract-pictures.ts.
 */
export const abstractPairs: readonly { name: AbstractPairName; concrete: Two; abstract: Two }[] = [
  {
    name: 'mood',
    concrete: ['a face with the corners of its mouth up', 'a face with the corners of its mouth down'],
    abstract: ['happiness', 'sadness'],
  },
  {
    name: 'danger',
    concrete: ['a yellow triangle with an exclamation mark', 'a green circle with a check mark'],
    abstract: ['danger', 'safety'],
  },
  {
    name: 'order',
    concrete: ['dots in straight rows', 'dots scattered at random'],
    abstract: ['order', 'chaos'],
  },
  {
    name: 'equality',
    concrete: ['two circles of the same size', 'a large circle and a small circle'],
    abstract: ['equality', 'inequality'],
  },
  {
    name: 'growth',
    concrete: ['bars that get taller to the right', 'bars that get shorter to the right'],
    abstract: ['growth', 'decline'],
  },
  {
    name: 'company',
    concrete: ['one dot on its own', 'a group of dots'],
    abstract: ['loneliness', 'togetherness'],
  },
];
