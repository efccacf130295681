/** Points of a curve that are kept: more than a diagram can show. */
const mostPoints = 200;

/** At most 200 points of a curve, evenly spread; the last one, at which all is answered, is among them. */
export function thinCurve<T>(points: readonly T[]): T[] {
  const every = Math.ceil(points.length / mostPoints);
  return points.filter((_, index) => (points.length - 1 - index) % every === 0);
}
