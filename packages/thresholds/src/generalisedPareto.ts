/** A generalised Pareto distribution of excesses `y >= 0`: `P(Y > y) = (1 + shape y / scale)^(-1 / shape)`. */
export interface GeneralisedPareto {
  /** Shape xi: 0 is exponential, above 0 a heavy tail, below 0 a tail that ends. */
  shape: number;
  /** Scale sigma, above 0. */
  scale: number;
}

/**
 * Survival function of a generalised Pareto distribution.
 *
 * @param y - an excess, 0 or more
 * @param fit - the distribution
 * @returns `P(Y > y)`, in [0, 1]
 */
export function paretoTail(y: number, { shape, scale }: GeneralisedPareto): number {
  if (shape === 0) return Math.exp(-y / scale);
  const base = (shape * y) / scale;
  return base <= -1 ? 0 : Math.exp(-Math.log1p(base) / shape);
}

/**
 * The excess that is exceeded with a given probability.
 *
 * @param p - in (0, 1]
 * @param fit - the distribution
 * @returns the excess, 0 or more
 */
export function paretoQuantile(p: number, { shape, scale }: GeneralisedPareto): number {
  const log = -Math.log(p);
  return shape === 0 ? scale * log : (scale * Math.expm1(shape * log)) / shape;
}

/**
 * Log-likelihood of a sample of excesses.
 *
 * @param y - excesses above 0
 * @param fit - the distribution
 * @returns the log-likelihood; -Infinity where an excess lies beyond the end of the tail
 */
export function paretoLogLikelihood(y: Float64Array, { shape, scale }: GeneralisedPareto): number {
  let sum = 0;
  for (const value of y) sum += shape === 0 ? value / scale : Math.log1p(Math.max((shape * value) / scale, -1));
  return -y.length * Math.log(scale) - (shape === 0 ? 1 : 1 + 1 / shape) * sum;
}

/**
 * Fit by probability-weighted moments: `shape = 2 - b0 / (b0 - 2 a1)`, `scale = 2 b0 a1 / (b0 - 2 a1)` with
 * `a1 = mean((1 - p_j) y_(j))`, `p_j = (j - 0.35) / n`. Good for small samples with shape below 1/2.
 *
 * @param sorted - ascending excesses above 0
 * @returns the distribution
 * @see Hosking and Wallis, "Parameter and quantile estimation for the generalized Pareto distribution", 1987
 */
export function fitParetoByMoments(sorted: Float64Array): GeneralisedPareto {
  const n = sorted.length;
  const unit = meanOf(sorted);
  let a1 = 0;
  sorted.forEach((y, i) => (a1 += ((1 - (i + 0.65) / n) * (y / unit)) / n));
  return { shape: 2 - 1 / (1 - 2 * a1), scale: (unit * 2 * a1) / (1 - 2 * a1) };
}

/**
 * Fit by maximum likelihood. With `theta = shape / scale` the likelihood is a function of theta alone,
 * `l = -n (ln(shape / theta) + shape + 1)`, `shape = mean ln(1 + theta y)`: it is searched over shape in [-1/2, 5] (below
 * -1/2 maximum likelihood has no meaning) on a grid on both sides of 0 and then by golden section, and compared with the
 * exponential distribution.
 *
 * @param sorted - ascending excesses above 0
 * @returns the distribution
 * @see Grimshaw, "Computing maximum likelihood estimates for the generalized Pareto distribution", 1993
 */
export function fitParetoByLikelihood(sorted: Float64Array): GeneralisedPareto {
  const unit = meanOf(sorted);
  const y = sorted.map((value) => value / unit);
  const profile = (theta: number): number => {
    if (Math.abs(theta) < 1e-9) return -1;
    const shape = shapeAt(y, theta);
    return -Math.log(shape / theta) - shape;
  };
  const grid = thetaGrid(y);
  let best = 0;
  const worth = grid.map(profile);
  worth.forEach((value, i) => {
    if (value > worth[best]!) best = i;
  });
  const theta = goldenSection(profile, grid[Math.max(best - 1, 0)]!, grid[Math.min(best + 1, grid.length - 1)]!);
  if (Math.abs(theta) < 1e-9 || profile(theta) <= -1) return { shape: 0, scale: unit };
  const shape = shapeAt(y, theta);
  return { shape, scale: (unit * shape) / theta };
}

function shapeAt(y: Float64Array, theta: number): number {
  let sum = 0;
  for (const value of y) sum += Math.log1p(theta * value);
  return sum / y.length;
}

/** Values of theta from shape -1/2 through 0 to shape 5, ascending, denser towards 0; `y` has mean 1. */
function thetaGrid(y: Float64Array): number[] {
  let low = -1 / y.at(-1)!;
  let high = 0;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (shapeAt(y, middle) < -0.5) low = middle;
    else high = middle;
  }
  const least = high;
  let most = 1;
  while (shapeAt(y, most) < 5 && most < 1e12) most *= 2;
  const steps = 24;
  const negative = Array.from({ length: steps }, (_, i) => least * (1 - i / steps) ** 2);
  const ratio = (most / 1e-3) ** (1 / steps);
  const positive = Array.from({ length: steps + 1 }, (_, i) => 1e-3 * ratio ** i);
  return [...negative, 0, ...positive];
}

/** Maximises a function with one peak in `[low, high]`. */
function goldenSection(f: (x: number) => number, low: number, high: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let a = low;
  let b = high;
  let x1 = b - golden * (b - a);
  let x2 = a + golden * (b - a);
  let f1 = f(x1);
  let f2 = f(x2);
  for (let i = 0; i < 80 && b - a > 1e-9 * Math.max(Math.abs(a), Math.abs(b)); i++) {
    if (f1 >= f2) {
      [b, x2, f2] = [x2, x1, f1];
      x1 = b - golden * (b - a);
      f1 = f(x1);
    } else {
      [a, x1, f1] = [x1, x2, f2];
      x2 = a + golden * (b - a);
      f2 = f(x2);
    }
  }
  const middle = (a + b) / 2;
  return [low, high].reduce((best, end) => (f(end) > f(best) ? end : best), middle);
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * Anderson-Darling distance between a sample and a distribution: weighs the tails, where a limit is read off.
 *
 * @param sorted - ascending excesses
 * @param fit - the distribution
 * @returns `A^2 = -n - mean((2j - 1)(ln F(y_(j)) + ln(1 - F(y_(n+1-j)))))`, smaller is closer
 * @see Choulakian and Stephens, "Goodness-of-fit tests for the generalized Pareto distribution", 2001
 */
export function andersonDarling(sorted: Float64Array, fit: GeneralisedPareto): number {
  const n = sorted.length;
  // An excess beyond the end of a fitted tail counts as a probability of 1e-12.
  const tail = Float64Array.from(sorted, (y) => Math.min(Math.max(paretoTail(y, fit), 1e-12), 1 - 1e-12));
  let sum = 0;
  for (let j = 0; j < n; j++) sum += ((2 * j + 1) / n) * (Math.log1p(-tail[j]!) + Math.log(tail[n - 1 - j]!));
  return -n - sum;
}
