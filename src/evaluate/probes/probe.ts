import type { Image } from '../../image/image.ts';

/** A caption's unit vector, the mean over its templates. @throws RangeError on a caption that was not announced */
export type DirectionOf = (caption: string) => Float32Array;

/**
 * One probe: pictures to embed, captions to embed, and what follows from the vectors. Nothing here knows the model, so
 * that a test can put any vectors in.
 */
export type Probe<Result> = {
  /** How many pictures `draw` gives. */
  count: number;
  /** The pictures one after another, so that they are never all in memory. */
  draw(): Iterable<Image> | AsyncIterable<Image>;
  captions: readonly string[];
  /** Sentences with `{}` where a caption goes. */
  templates: readonly string[];
  /** @param rows one unit vector [embedDim] per picture, in the order of `draw` */
  measure(rows: readonly Float32Array[], directionOf: DirectionOf): Result;
};
