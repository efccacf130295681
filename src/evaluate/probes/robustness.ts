import { dot } from '../../embed.ts';
import type { Image } from '../../image/image.ts';
import { choose } from './choose.ts';
import type { Probe } from './probe.ts';
import { type Rate, rateOfTrue } from './rate.ts';

/** A picture as the model sees it, its unit vector, what was answered to it and, where it is known, what is right. */
export type Original = { image: Image; row: Float32Array; answer: number; label?: number | undefined };

export type DegradedResult = {
  /** Side in pixels, or the JPEG's quality. */
  level: number;
  n: number;
  /** The answer is no longer that to the picture as it was. */
  flipped: Rate;
  /** Over the pictures with a label; null where none has one. */
  accuracy: Rate | null;
  /** Mean cosine of the picture's vector before and after. */
  meanCosine: number;
};

/** What a loss of detail costs, worst level last. `accuracy` is that of the pictures as they were. */
export type RobustnessResult = { n: number; accuracy: Rate | null; levels: DegradedResult[] };

/** Makes a picture worse. @returns a picture that shows the same */
export type Degrade = (image: Image, level: number) => Image | Promise<Image>;

/**
 * @param levels the mildest first
 * @param directions one unit vector per class
 */
export function robustnessProbe(
  originals: readonly Original[],
  levels: readonly number[],
  degrade: Degrade,
  directions: readonly Float32Array[],
): Probe<RobustnessResult> {
  return {
    count: originals.length * levels.length,
    async *draw() {
      for (const level of levels) for (const { image } of originals) yield await degrade(image, level);
    },
    captions: [],
    templates: [],
    measure(rows) {
      const n = originals.length;
      const answers = originals.map(({ answer }) => answer);
      return {
        n,
        accuracy: accuracyOf(originals, answers),
        levels: levels.map((level, at) => {
          const own = rows.slice(at * n, (at + 1) * n);
          const now = own.map((row) => choose(row, directions));
          const cosines = own.map((row, index) => dot(row, (originals[index] as Original).row));
          return {
            level,
            n,
            flipped: rateOfTrue(now.map((answer, index) => answer !== answers[index])),
            accuracy: accuracyOf(originals, now),
            meanCosine: cosines.reduce((sum, cosine) => sum + cosine, 0) / n,
          };
        }),
      };
    },
  };
}

function accuracyOf(originals: readonly Original[], answers: readonly number[]): Rate | null {
  const right = originals.flatMap(({ label }, index) => (label === undefined ? [] : [answers[index] === label]));
  return right.length > 0 ? rateOfTrue(right) : null;
}
