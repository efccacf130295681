import { assertFinite } from './check-samples.ts';

/**
 * The figures of a score over known and unknown pictures, for any number of copies of each: what a bootstrap draws is how often each
 * picture counts. The scores are put in order once, so a draw costs a single pass.
 */

/** Pictures by their scores: place 0 has the highest, and equal scores share a place. */
export type Places = {
  /** The score of each place. */
  scores: Float64Array;
  /** The place of each known and each unknown picture. */
  known: Int32Array;
  unknown: Int32Array;
};

/** Those of `ScoreFigures`, without intervals. */
export type PlainFigures = { auroc: number; aupr: number; fpr95: number; aurc: number };

/** What a threshold at the score of a place gives: sums over this place and those before it. */
export type Accepted = { place: number; known: number; wrong: number; unknown: number };

/** @throws RangeError on a number that is not finite */
export function placesOfScores(known: readonly number[], unknown: readonly number[]): Places {
  for (const values of [known, unknown]) assertFinite('compare scores', 'score', values);
  const scores = Float64Array.from(new Set([...known, ...unknown]))
    .sort()
    .reverse();
  const places = new Map(Array.from(scores, (score, place) => [score, place] as const));
  const of = (values: readonly number[]) => Int32Array.from(values, (value) => places.get(value) as number);
  return { scores, known: of(known), unknown: of(unknown) };
}

/** How often pictures count in a draw; `once` of all is what was measured. */
export type Copies = { known: Int32Array; unknown: Int32Array };

export function once({ known, unknown }: Places): Copies {
  return { known: new Int32Array(known.length).fill(1), unknown: new Int32Array(unknown.length).fill(1) };
}

/** The running sums at each place that has a known picture, from the highest score on. */
export function acceptedAt(places: Places, isCorrect: readonly boolean[], copies: Copies): Accepted[] {
  const { known, wrong, unknown } = countPlaces(places, isCorrect, copies);
  const curve: Accepted[] = [];
  const sums = { known: 0, wrong: 0, unknown: 0 };
  for (let place = 0; place < known.length; place++) {
    sums.known += known[place] as number;
    sums.wrong += wrong[place] as number;
    sums.unknown += unknown[place] as number;
    if (known[place]) curve.push({ place, ...sums });
  }
  return curve;
}

/**
 * AUROC, AUPR and FPR95 as `auroc`, `aupr` and `falsePositiveRateAt` have them, AURC as `areaUnderRiskCoverage`.
 * @param isCorrect whether each known picture is recognised
 */
export function figuresOfPlaces(places: Places, isCorrect: readonly boolean[], copies: Copies): PlainFigures {
  const { known, wrong, unknown } = countPlaces(places, isCorrect, copies);
  const total = (values: Int32Array) => values.reduce((sum, value) => sum + value, 0);
  const [allKnown, allUnknown] = [total(copies.known), total(copies.unknown)];
  let [knownSum, wrongSum, unknownSum] = [0, 0, 0];
  let [pairs, precisions, risks, fpr95] = [0, 0, 0, Number.NaN];
  for (let place = 0; place < known.length; place++) {
    const [here, strangers] = [known[place] as number, unknown[place] as number];
    unknownSum += strangers;
    if (here === 0) continue;
    knownSum += here;
    wrongSum += wrong[place] as number;
    pairs += here * (allUnknown - unknownSum + strangers / 2); // ties count half
    precisions += (here * knownSum) / (knownSum + unknownSum);
    risks += (here * wrongSum) / knownSum;
    if (Number.isNaN(fpr95) && knownSum / allKnown >= 0.95) fpr95 = unknownSum / allUnknown;
  }
  return {
    auroc: pairs / (allKnown * allUnknown),
    aupr: precisions / allKnown,
    fpr95,
    aurc: risks / allKnown,
  };
}

function countPlaces(places: Places, isCorrect: readonly boolean[], copies: Copies) {
  const count = places.scores.length;
  const [known, wrong, unknown] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  for (let picture = 0; picture < places.known.length; picture++) {
    const [place, times] = [places.known[picture] as number, copies.known[picture] as number];
    known[place] = (known[place] as number) + times;
    if (!isCorrect[picture]) wrong[place] = (wrong[place] as number) + times;
  }
  for (let picture = 0; picture < places.unknown.length; picture++) {
    const place = places.unknown[picture] as number;
    unknown[place] = (unknown[place] as number) + (copies.unknown[picture] as number);
  }
  return { known, wrong, unknown };
}
