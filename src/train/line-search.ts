/** A function along a line: its value and its slope there. */
export type LinePoint = { step: number; value: number; slope: number };

/** What L-BFGS-B asks of a step (`dcsrch` is called with these): enough of a decrease, enough of the slope gone. */
const [decrease, curvature] = [1e-3, 0.9];
/** As scikit-learn allows (`maxls`). */
const mostTries = 50;

/**
 * Looks for a step that satisfies the strong Wolfe conditions: doubles back and forth until such a step is enclosed, then narrows
 * by cubic interpolation (Nocedal and Wright 2006, algorithms 3.5 and 3.6).
 * @param at the function along the line
 * @param begin where it stands, at step 0; its slope is below 0
 * @param first the step that is tried first
 * @returns the step, or one that at least decreases the value where rounding forbids more; undefined where none does
 */
export function searchLine(
  at: (step: number) => Omit<LinePoint, 'step'>,
  begin: Omit<LinePoint, 'step'>,
  first: number,
): number | undefined {
  const pointAt = (step: number): LinePoint => ({ step, ...at(step) });
  const isLower = ({ step, value }: LinePoint) => value <= begin.value + decrease * step * begin.slope;
  const isFlat = ({ slope }: LinePoint) => Math.abs(slope) <= -curvature * begin.slope;
  let low: LinePoint = { step: 0, ...begin };
  let high: LinePoint | undefined;
  let step = first;
  for (let tries = 0; tries < mostTries; tries++) {
    const here = pointAt(step);
    if (!isLower(here) || here.value >= low.value) high = here;
    else if (isFlat(here)) return step;
    else {
      // The minimum lies between the new low point and what it rises to.
      if (high ? here.slope * (high.step - low.step) >= 0 : here.slope >= 0) high = low;
      low = here;
    }
    step = high ? between(low, high) : 4 * low.step;
  }
  return low.step > 0 ? low.step : undefined;
}

/** The minimum of the cubic through both points (equation 3.59), not so near to either that nothing is gained. */
function between(one: LinePoint, other: LinePoint): number {
  const width = other.step - one.step;
  const first = one.slope + other.slope - (3 * (one.value - other.value)) / (one.step - other.step);
  const second = Math.sign(width) * Math.sqrt(first ** 2 - one.slope * other.slope);
  const share = 1 - (other.slope + second - first) / (other.slope - one.slope + 2 * second);
  const isFair = share > 0.1 && share < 0.9; // not so where it is NaN
  return one.step + width * (isFair ? share : 0.5);
}
