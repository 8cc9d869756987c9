/** 97.5 % point of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Score interval of a share at 95 %: `(p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)`, `p = k/n`.
 *
 * @param k - successes, 0 to n
 * @param n - trials, at least 1
 * @returns both ends, in [0, 1]
 * @see Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927
 */
export function wilsonInterval(k: number, n: number): [low: number, high: number] {
  const p = k / n;
  const half = Z * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  const middle = p + (Z * Z) / (2 * n);
  return [k === 0 ? 0 : (middle - half) / scale, k === n ? 1 : (middle + half) / scale];
}
