import { searchLine } from './line-search.ts';

/** A function of many numbers along a direction from the point where it stands. */
export type Line = {
  /** Value and slope at a step; step 0 is the point itself. */
  at: (step: number) => { value: number; slope: number };
  /** Makes the point at a step the one where the function stands. @returns its gradient */
  take: (step: number) => Promise<Float64Array>;
};

/** A differentiable function that knows where it stands. It is asked for lines, since some know them more cheaply than points. */
export type Objective = {
  /** Stands at this point. @returns value and gradient */
  begin: (point: Float64Array) => Promise<{ value: number; gradient: Float64Array }>;
  along: (point: Float64Array, direction: Float64Array) => Promise<Line>;
};

export type LbfgsOptions = {
  maxIterations: number;
  /** It is done where no entry of the gradient is larger. */
  tolerance: number;
  /** Called after each iteration. */
  onIteration?: (iteration: number, value: number) => void;
  /** Stops between iterations by throwing the signal's reason. */
  signal?: AbortSignal;
};

/** `isConverged`: the gradient is within the tolerance, or rounding lets the value fall no more. */
export type Minimum = { point: Float64Array; value: number; iterations: number; isConverged: boolean };

/** Steps that are remembered, scipy's `maxcor`. */
const memory = 10;
/** A relative decrease below this is none: scikit-learn's `ftol`. */
const leastDecrease = 64 * Number.EPSILON;

/** A step that was taken, by how much the gradient changed, and 1 / their product. */
type Pair = { step: Float64Array; change: Float64Array; rho: number };

/**
 * Minimises a smooth function by L-BFGS (Nocedal and Wright 2006, algorithm 7.5), with the memory, the first step and the ends of
 * L-BFGS-B (Zhu et al. 1997) as scipy and scikit-learn call it. Everything that is kept is float64.
 */
export async function minimise(objective: Objective, start: Float64Array, options: LbfgsOptions): Promise<Minimum> {
  const { maxIterations, tolerance, onIteration, signal } = options;
  const point = Float64Array.from(start);
  let { value, gradient } = await objective.begin(point);
  let pairs: Pair[] = [];
  let iterations = 0;
  while (!isSmall(gradient, tolerance)) {
    if (iterations === maxIterations) return { point, value, iterations, isConverged: false };
    signal?.throwIfAborted();
    const direction = directionOf(gradient, pairs);
    const line = await objective.along(point, direction);
    const begin = line.at(0);
    const first = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1;
    const step = begin.slope < 0 ? searchLine(line.at, begin, first) : undefined;
    if (step === undefined) {
      if (pairs.length === 0) break;
      pairs = []; // what is remembered leads nowhere: down the gradient
      continue;
    }
    const next = line.at(step).value;
    const after = await line.take(step);
    const taken = direction.map((entry) => step * entry);
    for (let i = 0; i < point.length; i++) point[i] = (point[i] as number) + (taken[i] as number);
    const change = after.map((entry, i) => entry - (gradient[i] as number));
    const product = dot(taken, change);
    // L-BFGS-B's `matupd` is left out where the curvature is not positive.
    if (product > -Number.EPSILON * step * begin.slope)
      pairs = [...pairs.slice(1 - memory), { step: taken, change, rho: 1 / product }];
    const fall = (value - next) / Math.max(Math.abs(value), Math.abs(next), 1);
    [value, gradient] = [next, after];
    iterations++;
    onIteration?.(iterations, value);
    if (fall <= leastDecrease) break;
    await otherWork();
  }
  return { point, value, iterations, isConverged: true };
}

/** The gradient, turned by the remembered steps: the two-loop recursion (algorithm 7.4). */
function directionOf(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((entry) => -entry);
  const shares: number[] = [];
  for (const { step, change, rho } of pairs.toReversed()) {
    const share = rho * dot(step, direction);
    shares.push(share);
    addScaled(direction, -share, change);
  }
  const last = pairs.at(-1);
  const scale = last ? 1 / (last.rho * dot(last.change, last.change)) : 1; // equation 7.20
  for (let i = 0; i < direction.length; i++) direction[i] = scale * (direction[i] as number);
  for (const { step, change, rho } of pairs)
    addScaled(direction, (shares.pop() as number) - rho * dot(change, direction), step);
  return direction;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += (one[i] as number) * (other[i] as number);
  return sum;
}

function addScaled(to: Float64Array, scale: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + scale * (from[i] as number);
}

function isSmall(gradient: Float64Array, tolerance: number): boolean {
  return gradient.every((entry) => Math.abs(entry) <= tolerance);
}

/** Lets timers, clicks and Ctrl-C be heard. */
function otherWork(): Promise<void> {
  return new Promise((resume) => setTimeout(resume));
}
