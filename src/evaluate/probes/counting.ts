import { permutation, sampleSeed, uniformNumbers } from '../../random.ts';
import { bootstrapInterval, type Interval } from '../intervals.ts';
import { choose } from './choose.ts';
import type { Probe } from './probe.ts';
import { colourNames, countCaption, countWords, pictureTemplates, shapeNames } from './prompts.ts';
import { type Rate, rateOf, rateOfTrue } from './rate.ts';
import { between, drawScene, type Place } from './scene.ts';

/** How many shapes a picture shows, 1 to 6: `three circles` among the six captions of that shape. */
export type CountingResult = {
  n: number;
  accuracy: Rate;
  /** Mean of |answer - count|, with a bootstrap interval of 95 %. */
  meanAbsoluteError: { value: number } & Interval;
  /** What guessing gives: each answer equally often; for the error also the best that one answer for all can do. */
  chance: { accuracy: number; meanAbsoluteError: number; meanAbsoluteErrorOfOneAnswer: number };
  perCount: { count: number; right: Rate; meanAnswer: number }[];
  /** [shown - 1][answered - 1] */
  confusion: number[][];
};

const perCount = 24; // four of each shape
const grid = 3; // shapes stand in cells of a 3 x 3 grid, moved within them: they never touch

export function countingProbe(size: number, seed: number): Probe<CountingResult> {
  const scenes = countWords.flatMap((_, at) =>
    Array.from({ length: perCount }, (_, index) => ({
      count: at + 1,
      shape: shapeNames[index % shapeNames.length] ?? 'circle',
      colour: colourNames[Math.floor(index / shapeNames.length) % colourNames.length] ?? 'red',
      places: scatter(at + 1, sampleSeed(seed, at, index)),
    })),
  );
  return {
    count: scenes.length,
    *draw() {
      for (const { shape, colour, places } of scenes)
        yield drawScene(
          size,
          places.map((place) => ({ shape, colour, ...place })),
        );
    },
    captions: shapeNames.flatMap((shape) => countWords.map((_, at) => countCaption(at + 1, shape))),
    templates: pictureTemplates,
    measure(rows, directionOf) {
      const answers = rows.map((row, index) => {
        const shape = scenes[index]?.shape ?? 'circle';
        const directions = countWords.map((_, at) => directionOf(countCaption(at + 1, shape)));
        return choose(row, directions) + 1;
      });
      return judgeCounts(
        scenes.map(({ count }) => count),
        answers,
        seed,
      );
    },
  };
}

/** Places for `count` shapes of one size that do not touch. The size does not depend on the count. */
function scatter(count: number, seed: number): Place[] {
  const uniform = uniformNumbers(sampleSeed(seed, 0));
  const radius = between(uniform, 0.07, 0.13);
  const room = 0.5 / grid - radius - 0.01;
  const cells = permutation(grid ** 2, sampleSeed(seed, 1)).subarray(0, count);
  return Array.from(cells, (cell) => ({
    radius,
    x: ((cell % grid) + 0.5) / grid + between(uniform, -room, room),
    y: (Math.floor(cell / grid) + 0.5) / grid + between(uniform, -room, room),
  }));
}

/** @param counts what was shown, 1 to 6 @param answers what was said, 1 to 6 */
export function judgeCounts(counts: readonly number[], answers: readonly number[], seed: number): CountingResult {
  const n = counts.length;
  const errors = counts.map((count, index) => Math.abs(count - (answers[index] as number)));
  const numbers = countWords.map((_, at) => at + 1);
  const confusion = numbers.map((shown) =>
    numbers.map((said) => counts.filter((count, index) => count === shown && answers[index] === said).length),
  );
  return {
    n,
    accuracy: rateOfTrue(errors.map((error) => error === 0)),
    meanAbsoluteError: {
      value: mean(errors),
      ...bootstrapInterval((indices) => mean(Array.from(indices, (index) => errors[index] as number)), n, { seed }),
    },
    chance: {
      accuracy: 1 / numbers.length,
      meanAbsoluteError: mean(numbers.map((said) => meanError(said, numbers))),
      meanAbsoluteErrorOfOneAnswer: Math.min(...numbers.map((said) => meanError(said, numbers))),
    },
    perCount: numbers.map((count) => {
      const row = confusion[count - 1] as number[];
      const shown = row.reduce((sum, value) => sum + value, 0);
      const sum = row.reduce((total, value, at) => total + value * (at + 1), 0);
      return { count, right: rateOf(row[count - 1] as number, shown), meanAnswer: sum / shown };
    }),
    confusion,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanError(answer: number, counts: readonly number[]): number {
  return mean(counts.map((count) => Math.abs(count - answer)));
}
