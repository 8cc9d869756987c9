/** A defect in units of the shorter side: where it is, and what it does to a pixel of the part. */
export interface Shape {
  /** Centre. */
  readonly centre: readonly [x: number, y: number];
  /** Nothing happens farther from the centre than this. */
  readonly reach: number;
  /** How much of a point belongs to the defect, 0..1; its border is at 0.5. */
  readonly alpha: (dx: number, dy: number) => number;
  /** Changes pixel `i` of the canvas. */
  readonly apply: (i: number, alpha: number, dx: number, dy: number) => void;
  /** Whether a point belongs to the defect even beside the part; absent where only the part can. */
  readonly outside?: (dx: number, dy: number) => boolean;
}

/**
 * Soft edge of one pixel around a signed distance.
 *
 * @param distance - inside positive, in units of the shorter side
 * @param scale - pixels per unit
 * @returns 0..1
 */
export function line(distance: number, scale: number): number {
  return Math.min(Math.max(0.5 + distance * scale, 0), 1);
}
