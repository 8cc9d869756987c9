import { argumentMessage, assertFinite, assertKnownOptions, ndarray } from '@adlib/core';
import type { View } from '@adlib/core';
import type { MapLike } from '@adlib/metrics';
import { assertSameSize, readMap, readMaps } from './maps.js';
import type { FlatMap } from './maps.js';
import { studentTail } from './special.js';

/** Options of {@link perLocation}. */
export interface PerLocationOptions {
  /** Standard deviations above the mean. @defaultValue 3 */
  k?: number;
  /** Least standard deviation of any pixel, as a share of the root mean square of all of them; it keeps calm pixels from having no margin. @defaultValue 0.1 */
  floor?: number;
}

/** A limit for every pixel of maps of one size, as plain JSON. */
export interface ThresholdMap {
  /** Name of the rule: `perLocation`. */
  readonly rule: string;
  /** `[height, width]` in pixels. */
  readonly shape: readonly [number, number];
  /** The limits, row-major, in the detector's raw units. */
  readonly values: readonly number[];
  /** Share of the pixels of good parts expected above their limit, if the maps were normal at every pixel. */
  readonly expectedFalsePositiveRate: number;
  /** The rule's own parameters. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Maps it was fitted on. */
  readonly maps: number;
  /** Plain sentences on what not to believe; empty when there is nothing to say. */
  readonly warnings: readonly string[];
}

/**
 * Mean plus k standard deviations at every pixel over maps of good parts: for aligned parts, where edges and shiny spots
 * always score higher than the rest. `T(r, c) = mean(r, c) + k max(sd(r, c), floor rms(sd))`.
 *
 * @param maps - at least two maps of good parts that were not trained on, all of one shape `[height, width]`; not modified
 * @param options - see {@link PerLocationOptions}
 * @returns one limit per pixel, plain JSON; use it with {@link exceeds}
 * @throws RangeError if there are fewer than two maps, shapes differ, or a value is not finite
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { exceeds, perLocation } from '@adlib/thresholds';
 * const maps = [0, 1, 2].map((i) => ndarray(new Float32Array([i, 10 + i]), [1, 2]));
 * const limits = perLocation(maps, { k: 3 });
 * console.log(exceeds(limits, ndarray(new Float32Array([9, 12]), [1, 2])).data); // Uint8Array [1, 0]
 * ```
 */
export function perLocation(maps: readonly MapLike[], options: PerLocationOptions = {}): ThresholdMap {
  const { k = 3, floor = 0.1 } = options;
  assertKnownOptions('perLocation', options, ['k', 'floor']);
  assertFinite('perLocation', 'k', k);
  assertFinite('perLocation', 'floor', floor, 0);
  const read = readMaps('perLocation', 'maps', maps);
  const n = maps.length;
  if (n < 2) throw new RangeError(`perLocation: maps must have at least 2 maps, got ${n}.`);
  const { height, width } = read[0]!;
  const { mean, sd } = spread(read);
  const rms = Math.sqrt(sd.reduce((sum, s) => sum + s * s, 0) / Math.max(sd.length, 1));
  return {
    rule: 'perLocation',
    shape: [height, width],
    values: Array.from(mean, (m, i) => m + k * Math.max(sd[i]!, floor * rms)),
    expectedFalsePositiveRate: studentTail(k / Math.sqrt(1 + 1 / n), n - 1),
    parameters: { k, floor },
    maps: n,
    warnings: n < 30 ? [`Each pixel's spread stands on ${n} maps; 30 or more are needed to trust it.`] : [],
  };
}

/** Mean and sample standard deviation of each pixel, by Welford's update. */
function spread(maps: readonly FlatMap[]): { mean: Float64Array; sd: Float64Array } {
  const size = maps[0]!.values.length;
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  maps.forEach((map, m) => {
    assertSameSize('perLocation', `maps[${m}]`, maps[0]!, map);
    const { values } = map;
    for (let i = 0; i < size; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) {
        throw new RangeError(argumentMessage('perLocation', `maps[${m}]`, `finite at pixel ${i}`, value));
      }
      const d = value - mean[i]!;
      mean[i]! += d / (m + 1);
      squares[i]! += d * (value - mean[i]!);
    }
  });
  return { mean, sd: squares.map((s) => Math.sqrt(s / (maps.length - 1))) };
}

/**
 * Marks the pixels of a map that lie above their limit.
 *
 * @param limits - what {@link perLocation} returned
 * @param map - a map of the same shape
 * @returns a new mask of that shape, 1 where `map > limit` and where the map is not a number
 * @throws RangeError if the shapes differ
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { exceeds, perLocation } from '@adlib/thresholds';
 * const good = [1, 2, 3].map((v) => ndarray(new Float32Array([v]), [1, 1]));
 * console.log(exceeds(perLocation(good), ndarray(new Float32Array([6]), [1, 1])).data); // Uint8Array [1]
 * ```
 */
export function exceeds(limits: ThresholdMap, map: MapLike): View<Uint8Array> {
  const read = readMap('exceeds', 'map', map);
  const [height, width] = limits.shape;
  assertSameSize('exceeds', 'map', { height, width }, read);
  const mask = new Uint8Array(limits.values.length);
  limits.values.forEach((limit, i) => (mask[i] = read.values[i]! <= limit ? 0 : 1));
  return ndarray(mask, limits.shape);
}
