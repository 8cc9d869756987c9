import { borderIndices } from './border.js';
import { ROWS, type Window } from './window.js';

/** Receives the weighted local means of one row of pixels; the arrays are reused, so it must not keep them. */
export type VisitRow = (
  row: number,
  meanX: Float64Array,
  meanY: Float64Array,
  meanSquares: Float64Array,
  meanProduct: Float64Array,
) => void;

/**
 * Runs a window over two planes and hands out, row by row, the local means of `x`, `y`, `x² + y²` and `x y`. Beyond the
 * edges the planes are reflected with the edge repeated (`reflect` of `scipy.ndimage`). Memory: a few rows.
 *
 * @param x - first plane, `height * width` values; not modified
 * @param y - second plane, the same size; not modified
 * @param height - rows
 * @param width - columns
 * @param window - the weights
 * @param visit - called once for each row, from the top
 */
export function forEachMomentRow(
  x: Float64Array,
  y: Float64Array,
  height: number,
  width: number,
  window: Window,
  visit: VisitRow,
): void {
  const reach = 2 * window.radius;
  const rowIndex = borderIndices(height, window.radius, 'reflect');
  const columnIndex = borderIndices(width, window.radius, 'reflect');
  const padded = Array.from({ length: 4 }, () => new Float64Array(columnIndex.length));
  const slots = reach + ROWS;
  const filtered = Array.from({ length: 4 }, () => Array.from({ length: slots }, () => new Float64Array(width)));
  const out = Array.from({ length: 4 }, () => Array.from({ length: ROWS }, () => new Float64Array(width)));
  let next = 0; // the next row of the padded planes that is not filtered yet
  for (let top = 0; top < height; top += ROWS) {
    for (const end = Math.min(top + slots, rowIndex.length); next < end; next++) {
      readRow(x, y, rowIndex[next]! * width, columnIndex, window.radius, padded);
      for (let m = 0; m < 4; m++) window.across(padded[m]!, filtered[m]![next % slots]!, width);
    }
    for (let m = 0; m < 4; m++) {
      const ring = filtered[m]!;
      // Past the last row the ring still holds older rows; they only reach output rows that are not visited.
      const rows = Array.from({ length: slots }, (_, k) => ring[(top + k) % slots]!);
      window.down(rows, out[m]!, width);
    }
    for (let k = 0; k < ROWS && top + k < height; k++) {
      visit(top + k, out[0]![k]!, out[1]![k]!, out[2]![k]!, out[3]![k]!);
    }
  }
}

/** Copies a row of both planes between their reflected ends and makes its squares and products. */
function readRow(
  x: Float64Array,
  y: Float64Array,
  start: number,
  columns: Int32Array,
  radius: number,
  padded: readonly Float64Array[],
): void {
  const [px, py, squares, product] = padded as [Float64Array, Float64Array, Float64Array, Float64Array];
  const width = columns.length - 2 * radius;
  px.set(x.subarray(start, start + width), radius);
  py.set(y.subarray(start, start + width), radius);
  for (let i = 0; i < radius; i++) {
    const end = columns.length - 1 - i;
    px[i] = x[start + columns[i]!]!;
    py[i] = y[start + columns[i]!]!;
    px[end] = x[start + columns[end]!]!;
    py[end] = y[start + columns[end]!]!;
  }
  for (let i = 0; i < squares.length; i++) {
    const a = px[i]!;
    const b = py[i]!;
    squares[i] = a * a + b * b;
    product[i] = a * b;
  }
}
