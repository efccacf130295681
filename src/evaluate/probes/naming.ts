import type { Image } from '../../image/image.ts';
import { sampleSeed, uniformNumbers } from '../../random.ts';
import { choose } from './choose.ts';
import type { Probe } from './probe.ts';
import { colourCaption, colourNames, pictureTemplates, shapeCaption, shapeNames, type Thing } from './prompts.ts';
import { type Rate, rateOfTrue } from './rate.ts';
import { drawScene, everyThing, placeOfOne } from './scene.ts';

/** Whether the model can name what the other probes are drawn with. Where it cannot, their figures say little. */
export type NamingResult = {
  n: number;
  /** Which of the shapes it is. */
  shape: Rate;
  /** Which of the colours it has. */
  colour: Rate;
  chance: { shape: number; colour: number };
};

const rounds = 3;

/** One picture of each shape in each colour, somewhere and in some size. */
export function drawEachThing(size: number, seed: number): { thing: Thing; image: Image }[] {
  return everyThing().map((thing, index) => {
    const place = placeOfOne(uniformNumbers(sampleSeed(seed, index)));
    return { thing, image: drawScene(size, [{ ...thing, ...place }]) };
  });
}

export function namingProbe(size: number, seed: number): Probe<NamingResult> {
  const things = Array.from({ length: rounds }, everyThing).flat();
  return {
    count: things.length,
    *draw() {
      for (let round = 0; round < rounds; round++)
        for (const { image } of drawEachThing(size, sampleSeed(seed, round))) yield image;
    },
    captions: [...shapeNames.map(shapeCaption), ...colourNames.map(colourCaption)],
    templates: pictureTemplates,
    measure(rows, directionOf) {
      const shapes = shapeNames.map((shape) => directionOf(shapeCaption(shape)));
      const hues = colourNames.map((colour) => directionOf(colourCaption(colour)));
      return {
        n: things.length,
        shape: rateOfTrue(rows.map((row, index) => shapeNames[choose(row, shapes)] === things[index]?.shape)),
        colour: rateOfTrue(rows.map((row, index) => colourNames[choose(row, hues)] === things[index]?.colour)),
        chance: { shape: 1 / shapeNames.length, colour: 1 / colourNames.length },
      };
    },
  };
}
