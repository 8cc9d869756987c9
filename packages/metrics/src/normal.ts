/**
 * Upper tail of the standard normal distribution, to nearly full double precision in relative terms: a series near 0, a
 * continued fraction further out.
 *
 * @param z - any number
 * @returns P(Z > z)
 * @see Abramowitz and Stegun, "Handbook of mathematical functions", 7.1.6 and 7.1.14
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 2.5) {
    let term = z;
    let sum = z;
    for (let k = 1; Math.abs(term) > sum * 1e-17 && k < 200; k++) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = 0;
  for (let k = 300; k >= 1; k--) fraction = k / (z + fraction);
  return density / (z + fraction);
}

/**
 * Quantile of the standard normal distribution: Newton steps (Halley's correction) from a rational first guess.
 *
 * @param p - in (0, 1)
 * @returns z with P(Z <= z) = p
 * @see Abramowitz and Stegun, "Handbook of mathematical functions", 26.2.23 (first guess)
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  const guess =
    (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
  let z = t - guess; // upper quantile, the sign is turned at the end
  for (let step = 0; step < 4; step++) {
    const error = (normalTail(z) - p) * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2);
    z += error / (1 - (z * error) / 2);
  }
  return -z;
}
