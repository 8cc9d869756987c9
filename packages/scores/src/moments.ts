import { filterRows } from './filterRows.js';
import type { Window } from './window.js';

/** Receives the weighted local means of one row of pixels; the arrays are reused, so it must not keep them. */
export type VisitRow = (
  row: number,
  meanX: Float64Array,
  meanY: Float64Array,
  meanSquares: Float64Array,
  meanProduct: Float64Array,
) => void;

/** Fills in a row of the two planes. */
export type ReadPair = (row: number, x: Float64Array, y: Float64Array) => void;

/**
 * Runs a window over two planes and hands out, row by row, the local means of `x`, `y`, `x² + y²` and `x y`. Beyond the
 * edges the planes are reflected with the edge repeated (`reflect` of `scipy.ndimage`). Memory: a few rows.
 *
 * @param read - gives the planes, row by row from the top
 * @param size - `[height, width]`
 * @param window - the weights
 * @param visit - called once for each row, from the top
 */
export function forEachMomentRow(
  read: ReadPair,
  size: readonly [number, number],
  window: Window,
  visit: VisitRow,
): void {
  const width = size[1];
  filterRows(
    { size, planes: 4, down: window, across: window, border: 'reflect' },
    (row, lines) => {
      const [ownX, ownY, squares, product] = lines as [Float64Array, Float64Array, Float64Array, Float64Array];
      read(row, ownX, ownY);
      for (let i = 0; i < width; i++) {
        const a = ownX[i]!;
        const b = ownY[i]!;
        squares[i] = a * a + b * b;
        product[i] = a * b;
      }
    },
    (row, means) => {
      visit(row, means[0]!, means[1]!, means[2]!, means[3]!);
    },
  );
}
