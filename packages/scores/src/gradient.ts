import { borrowPlane } from './planePool.js';
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
 * @returns an array of the same size from {@link borrowPlane}
 */
export function gradientMagnitude(level: Level, kind: GradientKind, plain = false): Float64Array {
  const out = borrowPlane(level.data.length);
  forEachGradientRow(
    [level],
    kind,
    (row, [line]) => {
      out.set(line!, row * level.size[1]);
    },
    plain,
  );
  return out;
}

/**
 * The same row by row, of planes of one size. Memory: a few rows.
 *
 * @param levels - the planes; not modified
 * @param kind - the operator
 * @param visit - takes a row of each, from the top; the arrays are reused
 * @param plain - whether to do without WebAssembly
 */
export function forEachGradientRow(
  levels: readonly Level[],
  { middle, scale, zeros }: GradientKind,
  visit: (row: number, lines: readonly Float64Array[]) => void,
  plain = false,
): void {
  const [height, width] = levels[0]!.size;
  const padded = width + 2;
  const { rows, math } = openRows(
    levels.flatMap(() => [padded, padded, padded, width]),
    plain,
  );
  const rings = levels.map((_, m) => rows.slice(4 * m, 4 * m + 3));
  const lines = levels.map((_, m) => rows[4 * m + 3]!);
  /** Fills the row's place in a ring. */
  const load = (m: number, row: number): void => {
    const own = rings[m]![(row + 3) % 3]!;
    const inside = Math.min(Math.max(row, 0), height - 1);
    if (zeros && inside !== row) {
      own.fill(0);
      return;
    }
    own.set(levels[m]!.data.subarray(inside * width, (inside + 1) * width), 1);
    own[0] = zeros ? 0 : own[1]!;
    own[width + 1] = zeros ? 0 : own[width]!;
  };
  for (let row = 0; row < height; row++) {
    rings.forEach((ring, m) => {
      if (row === 0) [-1, 0].forEach((before) => load(m, before));
      load(m, row + 1);
      math.gradient(ring[(row + 2) % 3]!, ring[row % 3]!, ring[(row + 1) % 3]!, lines[m]!, middle, scale);
    });
    visit(row, lines);
  }
}
