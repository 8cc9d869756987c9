/**
 * Thins a curve whose coordinates never fall to at most `limit` points, evenly along `x + y`, so that steep and flat parts
 * keep their form; the first and the last point stay.
 *
 * @param x - first coordinate of each point, ascending
 * @param y - second coordinate of each point, ascending
 * @param limit - most points, at least 2
 * @returns new arrays; plain numbers, for JSON
 */
export function thinCurve(x: ArrayLike<number>, y: ArrayLike<number>, limit = 500): { x: number[]; y: number[] } {
  const kept = x.length <= limit ? Array.from({ length: x.length }, (_, i) => i) : evenly(x, y, limit);
  return { x: kept.map((i) => x[i]!), y: kept.map((i) => y[i]!) };
}

function evenly(x: ArrayLike<number>, y: ArrayLike<number>, limit: number): number[] {
  const last = x.length - 1;
  const start = x[0]! + y[0]!;
  const step = (x[last]! + y[last]! - start) / (limit - 1);
  const kept = [0];
  for (let i = 1; i < last; i++) {
    if (x[i]! + y[i]! >= start + kept.length * step && kept.length < limit - 1) kept.push(i);
  }
  return [...kept, last];
}
