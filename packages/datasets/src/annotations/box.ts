import type { Mask } from '@adlib/core';

/** A rectangle in whole pixels: columns `left <= x < right` and rows `top <= y < bottom`, counted from 0. */
export interface Box {
  /** First column. */
  readonly left: number;
  /** First row. */
  readonly top: number;
  /** Column after the last. */
  readonly right: number;
  /** Row after the last. */
  readonly bottom: number;
}

/**
 * Draws boxes as ground truth: a pixel is defective where any of them lies. What lies outside of the picture is cut off.
 *
 * @param boxes - the boxes
 * @param size - `[height, width]` of the picture
 * @returns 1 where defective; the caller's own
 * @example
 * ```ts
 * import { boxMask } from '@adlib/datasets';
 * console.log(boxMask([{ left: 1, top: 0, right: 3, bottom: 1 }], [2, 4]).data); // 0, 1, 1, 0, 0, 0, 0, 0
 * ```
 */
export function boxMask(boxes: readonly Box[], size: readonly [number, number]): Mask {
  const [height, width] = size;
  const data = new Uint8Array(height * width);
  for (const box of boxes) {
    const left = Math.max(box.left, 0);
    const right = Math.min(box.right, width);
    if (left >= right) continue;
    for (let y = Math.max(box.top, 0); y < Math.min(box.bottom, height); y++) {
      data.fill(1, y * width + left, y * width + right);
    }
  }
  return { data, width, height };
}
