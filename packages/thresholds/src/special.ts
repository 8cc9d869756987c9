/**
 * Upper tail of the standard normal distribution, `P(Z > z)`; relative error about 1e-14.
 *
 * @param z - any number
 * @returns the probability
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const x = (z * z) / 2;
  const front = Math.exp(-x) * Math.sqrt(x / Math.PI);
  if (x < 1.5) {
    // Series of the lower incomplete gamma function P(1/2, x).
    let term = 2;
    let sum = term;
    for (let a = 1.5; Math.abs(term) > 1e-17 * sum; a++) {
      term *= x / a;
      sum += term;
    }
    return 0.5 * (1 - front * sum);
  }
  // Continued fraction of the upper one, Q(1/2, x), by Lentz's method.
  let b = x + 0.5;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 1000; i++) {
    const an = -i * (i - 0.5);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return 0.5 * front * h;
}

/**
 * Natural logarithm of the gamma function for `x > 0` (Lanczos, g = 7, 9 terms).
 *
 * @param x - positive
 * @returns the logarithm
 */
export function logGamma(x: number): number {
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const y = x - 1;
  let sum = 0.9999999999998099;
  coefficients.forEach((coefficient, i) => (sum += coefficient / (y + i + 1)));
  const t = y + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * Regularised incomplete beta function `I_x(a, b)`: the distribution function of Beta(a, b).
 *
 * @param x - in [0, 1]
 * @param a - positive
 * @param b - positive
 * @returns the probability
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1), tiny);
  let h = d;
  for (let m = 1; m < 10000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / notZero(1 + even * d, tiny);
    c = notZero(1 + even / c, tiny);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / notZero(1 + odd * d, tiny);
    c = notZero(1 + odd / c, tiny);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return front * h;
}

function notZero(x: number, tiny: number): number {
  return Math.abs(x) < tiny ? tiny : x;
}

/**
 * Upper tail of Student's t distribution, `P(T > t)`, with `df` degrees of freedom.
 *
 * @param t - any number
 * @param df - degrees of freedom, positive
 * @returns the probability
 */
export function studentTail(t: number, df: number): number {
  const half = 0.5 * incompleteBeta(df / (df + t * t), df / 2, 0.5);
  return t >= 0 ? half : 1 - half;
}

/**
 * Quantile of Beta(a, b) by bisection, to full precision.
 *
 * @param p - in [0, 1]
 * @param a - positive
 * @param b - positive
 * @returns the quantile, in [0, 1]
 */
export function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Upper end of the two-sided Clopper-Pearson 95 % interval for `count` of `n`.
 *
 * @param count - how often it happened
 * @param n - out of how many
 * @param confidence - of the two-sided interval
 * @returns the upper end, in [0, 1]
 */
export function clopperPearsonUpper(count: number, n: number, confidence = 0.95): number {
  return count >= n ? 1 : betaQuantile(1 - (1 - confidence) / 2, count + 1, n - count);
}
