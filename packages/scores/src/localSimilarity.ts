import { filterRows } from './filterRows.js';
import type { SimilarityTerms } from './rowMath.js';
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

/** Two pictures that are read row by row. */
export interface RowPair {
  /** `[height, width]`. */
  readonly size: readonly [number, number];
  /** Values of each pixel, interleaved. */
  readonly channels: number;
  /** Factors that bring the values to the scale of the constants. */
  readonly scales: readonly [number, number];
  /** Fills in a row of both. */
  readonly read: (row: number, x: Float64Array, y: Float64Array) => void;
}

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
  const read: RowPair['read'] = (row, ownX, ownY) => {
    ownX.set(x.subarray(row * width, (row + 1) * width));
    ownY.set(y.subarray(row * width, (row + 1) * width));
  };
  forEachSimilarityRow({ size, channels: 1, scales: [1, 1], read }, settings, part, (row, line) => {
    out.set(line, row * width);
  });
  return out;
}

/**
 * The same row by row, for each channel. Beyond the edges the pictures are reflected with the edge repeated (`reflect` of
 * `scipy.ndimage`). Memory: as many rows as the window is high.
 *
 * @param pair - the pictures
 * @param settings - window and constants
 * @param part - which term
 * @param visit - takes each row of the result, from the top; the array is reused
 */
export function forEachSimilarityRow(
  { size, channels, scales, read }: RowPair,
  settings: LocalSettings,
  part: LocalPart,
  visit: (row: number, line: Float64Array) => void,
): void {
  const terms = termsOf(settings, part);
  filterRows(
    { size, channels, planes: 4, down: settings.window, across: settings.window, border: 'reflect' },
    (row, lines, math) => {
      const [x, y, squares, product] = lines as [Float64Array, Float64Array, Float64Array, Float64Array];
      read(row, x, y);
      math.products(x, y, squares, product, scales);
    },
    (row, means, math) => {
      const [x, y, squares, product] = means as [Float64Array, Float64Array, Float64Array, Float64Array];
      math.similarity(x, y, squares, product, terms);
      visit(row, x);
    },
  );
}

/** A term that is left out is 1 / 1. */
function termsOf({ c1, c2, covariance }: LocalSettings, part: LocalPart): SimilarityTerms {
  return {
    ...(part === 'contrast' ? { luminance: 0, c1: 1 } : { luminance: 1, c1 }),
    ...(part === 'luminance' ? { covariance: 0, c2: 1 } : { covariance, c2 }),
  };
}
