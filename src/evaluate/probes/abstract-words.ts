import { sampleSeed } from '../../random.ts';
import { bootstrapInterval, type Interval } from '../intervals.ts';
import { drawAbstract } from './abstract-pictures.ts';
import { choose } from './choose.ts';
import type { Probe } from './probe.ts';
import { abstractPairs, pictureTemplates } from './prompts.ts';
import { type Rate, rateOfTrue } from './rate.ts';

/**
 * Whether an abstract word finds the same picture as a description of what is drawn does. Each picture chooses between the
 * two descriptions of its pair, then between the two ideas; chance is half. The gap is what is lost on the way from the
 * thing to the idea. It says nothing of ideas that have no such conventional picture.
 */
export type AbstractWordsResult = {
  n: number;
  concrete: Rate;
  abstract: Rate;
  /** `concrete` less `abstract`, over the same pictures, with a bootstrap interval of 95 %. */
  gap: { value: number } & Interval;
  chance: number;
  pairs: {
    name: string;
    concreteCaptions: readonly string[];
    abstractCaptions: readonly string[];
    concrete: Rate;
    abstract: Rate;
  }[];
};

const variants = 12;

export function abstractWordsProbe(size: number, seed: number): Probe<AbstractWordsResult> {
  const pictures = abstractPairs.flatMap((pair, at) =>
    Array.from({ length: 2 * variants }, (_, index) => ({
      pair,
      isFirst: index % 2 === 0,
      seed: sampleSeed(seed, at, index >> 1),
    })),
  );
  return {
    count: pictures.length,
    *draw() {
      for (const { pair, isFirst, seed } of pictures) yield drawAbstract(size, pair.name, isFirst, seed);
    },
    captions: abstractPairs.flatMap(({ concrete, abstract }) => [...concrete, ...abstract]),
    templates: pictureTemplates,
    measure(rows, directionOf) {
      const answers = pictures.map(({ pair, isFirst }, index) => {
        const isRight = (captions: readonly string[]) =>
          choose(rows[index] as Float32Array, captions.map(directionOf)) === (isFirst ? 0 : 1);
        return { pair, concrete: isRight(pair.concrete), abstract: isRight(pair.abstract) };
      });
      const lost = answers.map(({ concrete, abstract }) => Number(concrete) - Number(abstract));
      const meanLoss = (indices: Iterable<number>) => {
        const values = Array.from(indices, (index) => lost[index] as number);
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      };
      return {
        n: answers.length,
        concrete: rateOfTrue(answers.map(({ concrete }) => concrete)),
        abstract: rateOfTrue(answers.map(({ abstract }) => abstract)),
        gap: { value: meanLoss(lost.keys()), ...bootstrapInterval(meanLoss, lost.length, { seed }) },
        chance: 1 / 2,
        pairs: abstractPairs.map((pair) => {
          const own = answers.filter((answer) => answer.pair === pair);
          return {
            name: pair.name,
            concreteCaptions: pair.concrete,
            abstractCaptions: pair.abstract,
            concrete: rateOfTrue(own.map(({ concrete }) => concrete)),
            abstract: rateOfTrue(own.map(({ abstract }) => abstract)),
          };
        }),
      };
    },
  };
}
