/** Uniform numbers in [0, 1) that depend on the seed alone, the same on every machine and backend. Not for secrets. */
export function uniformNumbers(seed: number): () => number {
  // sfc32 (Doty-Humphrey, PractRand): 128 bits of state, the first outputs thrown away to mix the seed in.
  let [a, b, c, counter] = [0, seed | 0, Math.floor(seed / 2 ** 32) | 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** Standard normal numbers from a seed, by Box and Muller's transform. */
export function normalNumbers(seed: number): () => number {
  const uniform = uniformNumbers(seed);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/**
 * A seed of its own for each place in a run, e.g. (seed, epoch, index): what is drawn there depends on nothing that was
 * drawn before, so neither on the order of the work nor on where it was interrupted.
 */
export function sampleSeed(seed: number, ...place: readonly number[]): number {
  let [high, low] = [Math.floor(seed / 2 ** 32) | 0, seed | 0];
  for (const number of place) {
    low = scramble(low ^ scramble(number | 0) ^ scramble(Math.floor(number / 2 ** 32) + 1));
    high = scramble(high ^ low);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0); // 53 bits
}

/** The end of MurmurHash3 (Appleby): each bit of the result depends on each bit of the number, one to one. */
function scramble(number: number): number {
  let bits = (number + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** The numbers 0 to count - 1 in an order that depends on the seed alone (Fisher and Yates's shuffle). */
export function permutation(count: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const uniform = uniformNumbers(seed);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
