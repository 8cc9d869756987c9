import type { Level } from './pyramid.js';
import { openRows } from './workspace.js';

/** Which operator, and what lies beyond the edges: the edge repeated, or zeros. */
export interface GradientKind {
  /** Weight of the middle row and column, that of the others being 1. */
  readonly middle: number;
  /** Factor on the magnitude. */
  readonly scale: number;
  /** Whether zeros lie beyond the edges. */
  readonly zeros: boolean;
}

/** Kernels [[1, 2, 1], [0, 0, 0], [-1, -2, -1]] / 4 and its transpose, edges repeated. */
export const sobel: GradientKind = { middle: 2, scale: 1 / 4, zeros: false };

/** Kernels [[1, 1, 1], [0, 0, 0], [-1, -1, -1]] / 3 and its transpose, zeros beyond the edges. */
export const prewitt: GradientKind = { middle: 1, scale: 1 / 3, zeros: true };

/**
 * Gradient magnitude `sqrt(gx² + gy²)` of a plane.
 *
 * @param level - the plane; not modified
 * @param kind - the operator
 * @param plain - whether to do without WebAssembly
 * @returns a new array of the same size
 */
export function gradientMagnitude(
  { data, size: [height, width] }: Level,
  { middle, scale, zeros }: GradientKind,
  plain = false,
): Float64Array {
  const { rows, math } = openRows([width + 2, width + 2, width + 2, width], plain);
  const ring = rows.slice(0, 3);
  const line = rows[3]!;
  /** Fills the row's place in the ring. */
  const load = (row: number): void => {
    const own = ring[(row + 3) % 3]!;
    const inside = Math.min(Math.max(row, 0), height - 1);
    if (zeros && inside !== row) {
      own.fill(0);
      return;
    }
    own.set(data.subarray(inside * width, (inside + 1) * width), 1);
    own[0] = zeros ? 0 : own[1]!;
    own[width + 1] = zeros ? 0 : own[width]!;
  };
  const out = new Float64Array(height * width);
  load(-1);
  load(0);
  for (let row = 0; row < height; row++) {
    load(row + 1);
    math.gradient(ring[(row + 2) % 3]!, ring[row % 3]!, ring[(row + 1) % 3]!, line, middle, scale);
    out.set(line, row * width);
  }
  return out;
}
