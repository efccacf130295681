import { auroc } from './detection.ts';
import { thresholdFor, type Wanted } from './fit-rejection.ts';
import { cut, type Share, share } from './shares.ts';

/** Pictures with a score for each label, and whether the label is true of them. */
export type LabelPictures = {
  /** [pictures][labels], high where the label is true. */
  scores: readonly ArrayLike<number>[];
  /** [pictures][labels] */
  truths: readonly (readonly boolean[])[];
};

/** What a label's threshold gives on pictures that it was not fitted to. */
export type LabelFigures = {
  /** Fitted on all pictures: what is kept. */
  threshold: number;
  /** How well the score tells pictures with the label from those without, on the held-out half. */
  auroc: number;
  /** Held-out pictures with the label, and without it, of which it is said. */
  found: Share;
  falseAccepts: Share;
};

/**
 * A threshold for each label by itself, so that the label is said of at most the wanted share of the pictures without it, or of at
 * least the wanted share of those with it. As for `calibrate`, what is measured was fitted on the other half, drawn by the seed;
 * the halves are drawn label by label, so that each has pictures with the label and without.
 * @throws RangeError on a label with fewer than two pictures that have it, or that do not
 */
export function calibrateLabels(
  { scores, truths }: LabelPictures,
  { wanted, seed }: { wanted: Wanted; seed: number },
): LabelFigures[] {
  return Array.from({ length: truths[0]?.length ?? 0 }, (_, label) => {
    const of = (isTrue: boolean) =>
      scores.filter((_, picture) => truths[picture]?.[label] === isTrue).map((row) => row[label] as number);
    const [having, lacking] = [of(true), of(false)];
    if (having.length < 2 || lacking.length < 2)
      throw new RangeError(
        `Cannot calibrate label ${label}: expected two pictures with it and two without it at least but got ${having.length} and ${lacking.length}`,
      );
    const [firstHaving, secondHaving] = cut(having, seed);
    const [firstLacking, secondLacking] = cut(lacking, seed);
    const onHalf = thresholdFor(wanted, firstHaving, firstLacking);
    const isSaid = (score: number) => score >= onHalf;
    return {
      threshold: thresholdFor(wanted, having, lacking),
      auroc: auroc(secondHaving, secondLacking),
      found: share(secondHaving.filter(isSaid).length, secondHaving.length),
      falseAccepts: share(secondLacking.filter(isSaid).length, secondLacking.length),
    };
  });
}
