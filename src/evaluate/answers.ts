import type { Classifier } from '../classify/classifier.ts';
import { rank } from '../classify/rank.ts';
import { type Share, share } from './shares.ts';
import type { LabelledEmbeddings } from './zero-shot.ts';

/** What a classifier that may say "I don't know" makes of pictures of its classes. */
export type AnswerFigures = {
  /** Pictures that get an answer. */
  coverage: Share;
  /** Wrong ones among those that do: selective risk (Geifman and El-Yaniv 2017). */
  risk: Share;
  /** Pictures without an answer, for which the right class would have come first. */
  rightButSilent: Share;
};

/**
 * The answers that `classify` gives, by the classifier's background and threshold.
 * @param logitScale the model's; a classifier that was calibrated has its own
 */
export function answerFigures(
  { embeddings, labels }: LabelledEmbeddings,
  classifier: Classifier,
  logitScale: number,
): AnswerFigures {
  let [answered, wrong, silentRight] = [0, 0, 0];
  for (const [picture, embedding] of embeddings.entries()) {
    const { best, ranked } = rank(embedding, classifier, logitScale);
    const isRight = ranked[0]?.label === classifier.classNames[labels[picture] as number];
    if (best) answered++;
    if (best && !isRight) wrong++;
    if (!best && isRight) silentRight++;
  }
  const count = embeddings.length;
  return {
    coverage: share(answered, count),
    risk: share(wrong, answered),
    rightButSilent: share(silentRight, count - answered),
  };
}
