import { argumentMessage, assertInteger, assertKnownOptions, assertOneOf, toRowMajor } from '@adlib/core';
import type { NdArray } from '@adlib/core';
import { fitThreshold } from './rules.js';
import type { Scores } from './scores.js';
import type { Threshold } from './threshold.js';

/** Options of {@link perPixel}. */
export interface PerPixelOptions {
  /** Name of the rule, one of `thresholdRules`. @defaultValue 'quantile' */
  rule?: string;
  /** The rule's own options. @defaultValue {} */
  options?: object;
  /**
   * What one score is. `pixel`: every pixel of every map, so that rates are shares of pixels. `image`: the largest pixel of
   * every map, so that rates are shares of images with a single pixel above the limit. @defaultValue 'pixel'
   */
  unit?: 'pixel' | 'image';
  /** Ground truth beside each map, of the same shape, 0 = good; for the rules that learn from defective pixels too. Only with `pixel`. */
  masks?: readonly NdArray[];
  /** Most pixels to keep in memory; beyond it every n-th pixel is taken. @defaultValue 4194304 */
  maxPixels?: number;
}

/**
 * One limit for the pixels of anomaly maps, by any of the rules.
 *
 * With `unit: 'pixel'` neighbouring pixels say almost the same, so a limit from 30 maps of a million pixels stands on
 * closer to 30 than to 30 million scores; the result warns of it. With `unit: 'image'` each map counts once.
 *
 * @param maps - maps of good parts (with `masks`: of any parts), each of shape `[height, width]`, sizes may differ; not modified
 * @param options - see {@link PerPixelOptions}
 * @returns the threshold for pixels, plain JSON; `fittedOn` counts pixels or images, `parameters.maps` the maps
 * @throws RangeError if there are no maps, a value is not finite, or a mask has another shape than its map
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { perPixel } from '@adlib/thresholds';
 * const map = ndarray(Float32Array.from({ length: 600 }, (_, i) => i / 600), [20, 30]);
 * console.log(perPixel([map], { rule: 'quantile', options: { q: 0.5 } }).value.toFixed(3)); // 0.499
 * ```
 */
export function perPixel(maps: readonly NdArray[], options: PerPixelOptions = {}): Threshold {
  const { rule = 'quantile', options: ruleOptions = {}, unit = 'pixel', masks, maxPixels = 4_194_304 } = options;
  assertKnownOptions('perPixel', options, ['rule', 'options', 'unit', 'masks', 'maxPixels']);
  assertOneOf('perPixel', 'unit', unit, ['pixel', 'image']);
  assertInteger('perPixel', 'maxPixels', maxPixels, 1);
  assertMaps('perPixel', maps, masks);
  if (unit === 'image' && masks !== undefined) {
    throw new TypeError(
      argumentMessage('perPixel', 'masks', "absent with unit 'image'", masks, 'Give good maps only.'),
    );
  }
  const every = unit === 'image' ? 1 : Math.ceil(maps.reduce((sum, map) => sum + sizeOf(map), 0) / maxPixels);
  const { good, defective } =
    unit === 'image' ? { good: largest(maps), defective: undefined } : split(maps, masks, every);
  const threshold = fitThreshold(rule, { good, ...(defective === undefined ? {} : { defective }) }, ruleOptions);
  const warnings = [...threshold.warnings];
  if (unit === 'pixel') {
    warnings.push(
      `The pixels come from ${maps.length} ${maps.length === 1 ? 'map' : 'maps'} and are not independent scores.`,
    );
  }
  return {
    ...threshold,
    parameters: { ...threshold.parameters, unit, maps: maps.length, everyNthPixel: every },
    warnings,
  };
}

/**
 * Throws unless these are two-dimensional maps, with masks of the same shapes where there are masks.
 *
 * @param fn - caller, for the message
 * @param maps - what was passed
 * @param masks - what was passed beside it
 */
export function assertMaps(fn: string, maps: readonly NdArray[], masks?: readonly NdArray[]): void {
  if (!Array.isArray(maps)) throw new TypeError(argumentMessage(fn, 'maps', 'an array of maps', maps));
  if (maps.length === 0) throw new RangeError(argumentMessage(fn, 'maps', 'at least one map', maps));
  if (masks !== undefined && masks.length !== maps.length) {
    throw new RangeError(`${fn}: masks must have ${maps.length} masks (one per map), got ${masks.length}.`);
  }
  (maps as readonly NdArray[]).forEach((map, i) => {
    if (map?.shape?.length !== 2) {
      throw new TypeError(argumentMessage(fn, `maps[${i}]`, 'an ndarray of shape [height, width]', map));
    }
    const mask = masks?.[i];
    if (mask !== undefined && mask.shape.join() !== map.shape.join()) {
      throw new RangeError(argumentMessage(fn, `masks[${i}]`, `of shape [${map.shape.join(', ')}]`, mask.shape));
    }
  });
}

function sizeOf(map: NdArray): number {
  return map.shape[0]! * map.shape[1]!;
}

function largest(maps: readonly NdArray[]): Scores {
  return maps.map((map) => {
    let most = -Infinity;
    for (const value of toRowMajor(map)) {
      if (Number.isNaN(value)) return value; // refused by the rule with the index of its map
      if (value > most) most = value;
    }
    return most;
  });
}

function split(
  maps: readonly NdArray[],
  masks: readonly NdArray[] | undefined,
  every: number,
): { good: Float64Array; defective?: Float64Array } {
  const room = maps.reduce((sum, map) => sum + Math.ceil(sizeOf(map) / every), 0);
  const good = new Float64Array(room);
  const defective = new Float64Array(masks === undefined ? 0 : room);
  let goods = 0;
  let defects = 0;
  maps.forEach((map, i) => {
    const values = toRowMajor(map);
    const truth = masks?.[i] === undefined ? undefined : toRowMajor(masks[i]);
    for (let at = 0; at < values.length; at += every) {
      if (truth === undefined || truth[at] === 0) good[goods++] = values[at]!;
      else defective[defects++] = values[at]!;
    }
  });
  if (masks === undefined) return { good: good.subarray(0, goods) };
  return { good: good.subarray(0, goods), defective: defective.subarray(0, defects) };
}
