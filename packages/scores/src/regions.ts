import { forEachGradientRow, sobel } from './gradient.js';
import type { Level } from './pyramid.js';

// Codes of the content partition: 0 preserved edge, 1 changed edge, 2 smooth, 3 texture.

/**
 * Content partition of Li and Bovik: thresholds .12 and .06 of the largest gradient of the reference.
 *
 * @param reference - gradient magnitude of the reference
 * @param distorted - gradient magnitude of the other image
 * @returns a code per pixel
 */
export function partitionRelative(reference: Float64Array, distorted: Float64Array): Uint8Array {
  let max = 0;
  for (let i = 0; i < reference.length; i++) if (reference[i]! > max) max = reference[i]!;
  const edge = 0.12 * max;
  const flat = 0.06 * max;
  const out = new Uint8Array(reference.length);
  for (let i = 0; i < out.length; i++) {
    const o = reference[i]! > edge;
    const d = distorted[i]! > edge;
    if (o && d) out[i] = 0;
    else if (o !== d) out[i] = 1;
    else out[i] = reference[i]! < flat ? 2 : 3;
  }
  return out;
}

/** Number and sum of values of each region. */
interface RegionSums {
  counts: Float64Array;
  sums: Float64Array;
}

/**
 * Counts and sums a map over the regions, without a margin at the edges.
 *
 * @param map - values
 * @param regions - codes
 * @param size - `[height, width]`
 * @param crop - margin left out on every side, in pixels
 * @returns counts and sums by code
 */
export function sumRegions(
  map: Float64Array,
  regions: Uint8Array,
  [height, width]: readonly [number, number],
  crop: number,
): RegionSums {
  const counts = new Float64Array(4);
  const sums = new Float64Array(4);
  for (let y = crop; y < height - crop; y++) {
    for (let i = y * width + crop, end = (y + 1) * width - crop; i < end; i++) {
      const r = regions[i]!;
      counts[r]!++;
      sums[r]! += map[i]!;
    }
  }
  return { counts, sums };
}

/**
 * Mean of the regions' means, each region with the same weight; an empty region is left out.
 *
 * @param parts - from {@link sumRegions}
 * @returns the pooled value
 */
export function poolRegionMeans({ counts, sums }: RegionSums): number {
  let total = 0;
  let present = 0;
  for (let r = 0; r < 4; r++) {
    if (counts[r] === 0) continue;
    total += sums[r]! / counts[r]!;
    present++;
  }
  return total / present;
}

/**
 * Edges of the Zanon-Diaz library: in how many of two planes the gradient is above .12, per pixel.
 *
 * @param x - first plane, on the scale 0..1
 * @param y - second plane, of the same size
 * @returns 0, 1 or 2 per pixel
 */
export function countEdges(x: Level, y: Level): Uint8Array {
  const out = new Uint8Array(x.data.length);
  forEachGradientRow([x, y], sobel, (row, lines) => {
    const [gx, gy] = lines as [Float64Array, Float64Array];
    const at = row * x.size[1];
    for (let i = 0; i < gx.length; i++) out[at + i] = Number(gx[i]! > 0.12) + Number(gy[i]! > 0.12);
  });
  return out;
}

/** Weights of that library where no plane, one or both have an edge; smooth parts and texture weigh the same. */
const edgeWeights = [0.125, 0.5, 0.25];

/**
 * Weighted mean over pixels with the weights of the Zanon-Diaz library.
 *
 * @param map - values
 * @param edges - from {@link countEdges}
 * @returns the pooled value
 */
export function poolByEdges(map: Float64Array, edges: Uint8Array): number {
  let total = 0;
  let weight = 0;
  for (let i = 0; i < map.length; i++) {
    // A table, not branches: edges come too irregularly to be foreseen.
    const w = edgeWeights[edges[i]!]!;
    total += w * map[i]!;
    weight += w;
  }
  return total / weight;
}

/**
 * Mean of a map without a margin at the edges.
 *
 * @param map - values
 * @param size - `[height, width]`
 * @param crop - margin, in pixels
 * @returns the mean
 */
export function croppedMean(map: Float64Array, [height, width]: readonly [number, number], crop: number): number {
  let sum = 0;
  for (let y = crop; y < height - crop; y++) sum += sumBetween(map, y * width + crop, (y + 1) * width - crop);
  return sum / ((height - 2 * crop) * (width - 2 * crop));
}

/** Two sums, not to wait for each. */
function sumBetween(values: Float64Array, start: number, end: number): number {
  let a = 0;
  let b = 0;
  let i = start;
  for (; i + 1 < end; i += 2) {
    a += values[i]!;
    b += values[i + 1]!;
  }
  return i < end ? a + b + values[i]! : a + b;
}
