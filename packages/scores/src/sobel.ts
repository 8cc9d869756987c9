import { borderIndices } from './border.js';

/**
 * Gradient magnitude `sqrt(gx² + gy²)` with Sobel kernels [[1, 2, 1], [0, 0, 0], [-1, -2, -1]] / 4, edges repeated.
 *
 * @param x - a plane, row-major; not modified
 * @param size - `[height, width]`
 * @returns a new array of the same size
 */
export function sobelMagnitude(x: Float64Array, [height, width]: readonly [number, number]): Float64Array {
  const rows = borderIndices(height, 1, 'reflect');
  const out = new Float64Array(height * width);
  for (let r = 0; r < height; r++) {
    const above = rows[r]! * width;
    const at = r * width;
    const below = rows[r + 2]! * width;
    // Of the columns before, at and after c: the sum weighed 1, 2, 1 downwards, and the difference of the ends.
    let sum = x[above]! + 2 * x[at]! + x[below]!;
    let difference = x[above]! - x[below]!;
    let sumBefore = sum;
    let differenceBefore = difference;
    for (let c = 0; c < width; c++) {
      const after = c + 1 < width ? c + 1 : c;
      const top = x[above + after]!;
      const bottom = x[below + after]!;
      const sumAfter = top + 2 * x[at + after]! + bottom;
      const differenceAfter = top - bottom;
      const gx = sumBefore - sumAfter;
      const gy = differenceBefore + 2 * difference + differenceAfter;
      out[at + c] = Math.sqrt(gx * gx + gy * gy) / 4;
      sumBefore = sum;
      sum = sumAfter;
      differenceBefore = difference;
      difference = differenceAfter;
    }
  }
  return out;
}
