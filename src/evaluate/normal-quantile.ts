/**
 * The number below which a standard normal one lies with the given probability: 1.96 for 0.975.
 * @param probability in [0.5, 1)
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0.5 && probability < 1))
    throw new RangeError(
      `Cannot compute an interval: expected a level between 0 and 1 but got ${2 * probability - 1}; 95 % is 0.95`,
    );
  // Newton's method: the distribution is concave above 0, so steps from 0 come near from below and never pass the root.
  let x = 0;
  for (let step = 0; step < 200; step++) {
    const density = Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI);
    const next = x + (probability - normalDistribution(x, density)) / density;
    if (next <= x + 1e-15 * x) return x;
    x = next;
  }
  return x;
}

/** The probability that a standard normal number is below x >= 0, by its Taylor series (Marsaglia 2004). */
function normalDistribution(x: number, density: number): number {
  let [sum, term] = [x, x];
  for (let odd = 3; sum + term !== sum; odd += 2) {
    term *= x ** 2 / odd;
    sum += term;
  }
  return 0.5 + density * sum;
}
