import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  ndarray,
  type AnomalyMap,
  type NdArray,
} from '@adlib/core';
import { toPlane } from './plane.js';

/** The map of one patch of an image. */
export interface PatchMap {
  /** Scores of the patch, shape `[height, width]`. */
  readonly map: NdArray;
  /** Row of the image where the patch begins, in pixels. */
  readonly top: number;
  /** Column of the image where the patch begins, in pixels. */
  readonly left: number;
}

/** Options of {@link overlapAverage}. */
export interface OverlapAverageOptions {
  /** Value of pixels under no patch. Without it such a pixel is an error. */
  fill?: number;
}

/**
 * Puts the maps of patches together: every pixel is the mean over the patches that cover it.
 *
 * @param patches - maps with their places; parts outside the image are cut off
 * @param size - `[height, width]` of the image, in pixels
 * @param options - see {@link OverlapAverageOptions}
 * @returns a new float32 map of that size; NaN where a patch holds NaN
 * @throws TypeError or RangeError if a patch is no map, or a pixel is under no patch and `fill` is not given
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { overlapAverage } from '@adlib/scores';
 * const patch = (v: number) => ndarray(new Float32Array(4).fill(v), [2, 2]);
 * const map = overlapAverage([{ map: patch(1), top: 0, left: 0 }, { map: patch(3), top: 0, left: 1 }], [2, 3]);
 * console.log(map.data); // 1, 2, 3, 1, 2, 3
 * ```
 */
export function overlapAverage(
  patches: readonly PatchMap[],
  size: readonly [number, number],
  options: OverlapAverageOptions = {},
): AnomalyMap {
  const { fill } = options;
  assertKnownOptions('overlapAverage', options, ['fill']);
  if (fill !== undefined) assertFinite('overlapAverage', 'fill', fill);
  if (!Array.isArray(patches)) throw new TypeError(argumentMessage('overlapAverage', 'patches', 'an array', patches));
  const [height, width] = size;
  assertInteger('overlapAverage', 'size[0]', height, 1, 1e6);
  assertInteger('overlapAverage', 'size[1]', width, 1, 1e6);
  const sum = new Float64Array(height * width);
  const count = new Uint32Array(height * width);
  patches.forEach((patch: PatchMap, p) => {
    const { data, height: h, width: w } = toPlane('overlapAverage', `patches[${p}].map`, patch.map);
    assertInteger('overlapAverage', `patches[${p}].top`, patch.top);
    assertInteger('overlapAverage', `patches[${p}].left`, patch.left);
    for (let y = Math.max(0, -patch.top); y < Math.min(h, height - patch.top); y++) {
      for (let x = Math.max(0, -patch.left); x < Math.min(w, width - patch.left); x++) {
        const at = (patch.top + y) * width + patch.left + x;
        sum[at]! += data[y * w + x]!;
        count[at]!++;
      }
    }
  });
  const bare = count.indexOf(0);
  if (bare >= 0 && fill === undefined) {
    throw new RangeError(
      `overlapAverage: patches must cover every pixel, got none at row ${Math.floor(bare / width)}, column ${bare % width}. ` +
        'Try fill, or patches closer together.',
    );
  }
  const out = Float32Array.from(sum, (v, i) => (count[i] === 0 ? fill! : v / count[i]!));
  return ndarray(out, [height, width]);
}
