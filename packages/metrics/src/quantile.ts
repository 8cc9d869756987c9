/**
 * Quantile of sorted values by linear interpolation at position `(n - 1) q` (numpy's default, Hyndman and Fan's type 7).
 *
 * @param sorted - ascending, at least one
 * @param q - in [0, 1]
 * @returns the quantile
 */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low === high ? low : low + (high - low) * (position - below);
}
