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
  const columns = borderIndices(width, 1, 'reflect');
  const out = new Float64Array(height * width);
  for (let r = 0; r < height; r++) {
    const above = rows[r]! * width;
    const at = r * width;
    const below = rows[r + 2]! * width;
    for (let c = 0; c < width; c++) {
      const left = columns[c]!;
      const right = columns[c + 2]!;
      const al = x[above + left]!;
      const ar = x[above + right]!;
      const bl = x[below + left]!;
      const br = x[below + right]!;
      const gy = al + 2 * x[above + c]! + ar - bl - 2 * x[below + c]! - br;
      const gx = al + 2 * x[at + left]! + bl - ar - 2 * x[at + right]! - br;
      out[at + c] = Math.sqrt(gx * gx + gy * gy) / 4;
    }
  }
  return out;
}
