import { sampleSeed } from '../../random.ts';
import { choose } from './choose.ts';
import type { Probe } from './probe.ts';
import { bothCaption, leftCaption, pictureTemplates, type Thing } from './prompts.ts';
import { type Rate, rateOfTrue } from './rate.ts';
import { drawScene, twoPlaces, twoThings } from './scene.ts';

/**
 * Two pictures and two captions with the same words in another order: each picture has to find its own. Who looks at the
 * words alone, or at the things alone, is right half of the time, because both pictures of a pair are asked.
 */
export type SwapResult = {
  /** Pictures, two a pair. */
  n: number;
  accuracy: Rate;
  /** Pairs with both pictures right: the text score of Winoground (Thrush et al. 2022). */
  bothRight: Rate;
  chance: { accuracy: number; bothRight: number };
};

type Swap = { scenes: readonly [SceneOfTwo, SceneOfTwo]; captions: readonly [string, string] };
/** The thing on the left, the thing on the right. */
type SceneOfTwo = readonly [left: Thing, right: Thing];

const pairs = 60;

/** `a red square left of a blue circle` against `a blue circle left of a red square`. */
export function leftRightProbe(size: number, seed: number): Probe<SwapResult> {
  return swapProbe(size, seed, (one, other) => ({
    scenes: [
      [one, other],
      [other, one],
    ],
    captions: [leftCaption(one, other), leftCaption(other, one)],
  }));
}

/** `a red square and a blue circle` against `a blue square and a red circle`; which shape stands left alternates. */
export function bindingProbe(size: number, seed: number): Probe<SwapResult> {
  return swapProbe(size, seed, (one, other, index) => {
    const [recoloured, otherRecoloured] = [
      { ...one, colour: other.colour },
      { ...other, colour: one.colour },
    ];
    const side = (first: Thing, second: Thing): SceneOfTwo => (index % 2 === 0 ? [first, second] : [second, first]);
    return {
      scenes: [side(one, other), side(recoloured, otherRecoloured)],
      captions: [bothCaption(one, other), bothCaption(recoloured, otherRecoloured)],
    };
  });
}

function swapProbe(
  size: number,
  seed: number,
  swap: (one: Thing, other: Thing, index: number) => Swap,
): Probe<SwapResult> {
  const swaps = Array.from({ length: pairs }, (_, index) => swap(...twoThings(sampleSeed(seed, index, 0)), index));
  return {
    count: 2 * pairs,
    *draw() {
      for (const [index, { scenes }] of swaps.entries()) {
        const places = twoPlaces(sampleSeed(seed, index, 1));
        for (const [left, right] of scenes)
          yield drawScene(size, [
            { ...left, ...places[0] },
            { ...right, ...places[1] },
          ]);
      }
    },
    captions: swaps.flatMap(({ captions }) => captions),
    templates: pictureTemplates,
    measure(rows, directionOf) {
      const right = rows.map((row, index) => {
        const { captions } = swaps[index >> 1] as Swap;
        return choose(row, captions.map(directionOf)) === index % 2;
      });
      return {
        n: rows.length,
        accuracy: rateOfTrue(right),
        bothRight: rateOfTrue(swaps.map((_, pair) => !!right[2 * pair] && !!right[2 * pair + 1])),
        chance: { accuracy: 1 / 2, bothRight: 1 / 4 },
      };
    },
  };
}
