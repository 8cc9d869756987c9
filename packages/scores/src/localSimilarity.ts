import { forEachMomentRow, type ReadPair } from './moments.js';
import type { Window } from './window.js';

/** Constants of the local comparison. */
export interface LocalSettings {
  /** Window of the local means. */
  window: Window;
  /** `(K1 L)²`, keeps the luminance term from dividing by zero. */
  c1: number;
  /** `(K2 L)²`, the same for contrast and structure. */
  c2: number;
  /** Factor on variances and covariance: 1, or N / (N - 1) for the sample covariance. */
  covariance: number;
}

/**
 * Which part of SSIM: `luminance` l = (2 μx μy + C1) / (μx² + μy² + C1), `contrast` (with structure)
 * cs = (2 σxy + C2) / (σx² + σy² + C2), or their `product`.
 */
export type LocalPart = 'luminance' | 'contrast' | 'product';

/**
 * Local similarity of two planes at every pixel.
 *
 * @param x - first plane, row-major; not modified
 * @param y - second plane, the same size; not modified
 * @param size - `[height, width]`
 * @param settings - window and constants
 * @param part - which term
 * @returns a new array of `height * width` values
 */
export function localSimilarity(
  x: Float64Array,
  y: Float64Array,
  size: readonly [number, number],
  settings: LocalSettings,
  part: LocalPart,
): Float64Array {
  const width = size[1];
  const out = new Float64Array(x.length);
  const read = (row: number, ownX: Float64Array, ownY: Float64Array): void => {
    ownX.set(x.subarray(row * width, (row + 1) * width));
    ownY.set(y.subarray(row * width, (row + 1) * width));
  };
  forEachSimilarityRow(read, size, settings, part, (row, line) => {
    out.set(line, row * width);
  });
  return out;
}

/**
 * The same for planes that are given row by row.
 *
 * @param read - gives the planes
 * @param size - `[height, width]`
 * @param settings - window and constants
 * @param part - which term
 * @param visit - takes each row of the result, from the top; the array is reused
 */
export function forEachSimilarityRow(
  read: ReadPair,
  size: readonly [number, number],
  settings: LocalSettings,
  part: LocalPart,
  visit: (row: number, line: Float64Array) => void,
): void {
  const line = new Float64Array(size[1]);
  const fill = fillers[part];
  forEachMomentRow(read, size, settings.window, (row, meanX, meanY, meanSquares, meanProduct) => {
    fill(line, settings, meanX, meanY, meanSquares, meanProduct);
    visit(row, line);
  });
}

type Fill = (
  out: Float64Array,
  settings: LocalSettings,
  meanX: Float64Array,
  meanY: Float64Array,
  meanSquares: Float64Array,
  meanProduct: Float64Array,
) => void;

/** One loop for each part, so that the part is not looked up at every pixel. */
const fillers: Record<LocalPart, Fill> = {
  luminance(out, { c1 }, meanX, meanY) {
    for (let i = 0; i < out.length; i++) {
      const mx = meanX[i]!;
      const my = meanY[i]!;
      out[i] = (2 * mx * my + c1) / (mx * mx + my * my + c1);
    }
  },
  contrast(out, { c2, covariance }, meanX, meanY, meanSquares, meanProduct) {
    for (let i = 0; i < out.length; i++) {
      const mx = meanX[i]!;
      const my = meanY[i]!;
      const top = 2 * covariance * (meanProduct[i]! - mx * my) + c2;
      out[i] = top / (covariance * (meanSquares[i]! - mx * mx - my * my) + c2);
    }
  },
  product(out, { c1, c2, covariance }, meanX, meanY, meanSquares, meanProduct) {
    for (let i = 0; i < out.length; i++) {
      const mx = meanX[i]!;
      const my = meanY[i]!;
      const mxy = mx * my;
      const mm = mx * mx + my * my;
      const top = (2 * mxy + c1) * (2 * covariance * (meanProduct[i]! - mxy) + c2);
      out[i] = top / ((mm + c1) * (covariance * (meanSquares[i]! - mm) + c2));
    }
  },
};
