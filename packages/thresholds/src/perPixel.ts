import { argumentMessage, assertInteger, assertKnownOptions, assertOneOf } from '@adlib/core';
import type { MapLike, Scores } from '@adlib/metrics';
import { assertSameSize, readMaps } from './maps.js';
import type { FlatMap } from './maps.js';
import { fitThreshold } from './rules.js';
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
  masks?: readonly MapLike[];
  /** Most pixels to keep in memory; beyond it every n-th pixel is taken. @defaultValue 4194304 */
  maxPixels?: number;
}

/**
 * One limit for the pixels of anomaly maps, by any of the rules.
 *
 * With `unit: 'pixel'` neighbouring pixels say almost the same, so a limit from 30 maps of a million pixels stands on
 * closer to 30 than to 30 million scores; the result warns of it. With `unit: 'image'` each map counts once.
 *
 * @param maps - maps of good parts (with `masks`: of any parts), sizes may differ; not modified
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
export function perPixel(maps: readonly MapLike[], options: PerPixelOptions = {}): Threshold {
  const { rule = 'quantile', options: ruleOptions = {}, unit = 'pixel', masks, maxPixels = 4_194_304 } = options;
  assertKnownOptions('perPixel', options, ['rule', 'options', 'unit', 'masks', 'maxPixels']);
  assertOneOf('perPixel', 'unit', unit, ['pixel', 'image']);
  assertInteger('perPixel', 'maxPixels', maxPixels, 1);
  if (unit === 'image' && masks !== undefined) {
    throw new TypeError(
      argumentMessage('perPixel', 'masks', "absent with unit 'image'", masks, 'Give good maps only.'),
    );
  }
  const read = readMaps('perPixel', 'maps', maps);
  const truth = readMasks(masks, read);
  const every =
    unit === 'image' ? 1 : Math.ceil(read.reduce((sum, map) => sum + map.values.length, 0) / maxPixels) || 1;
  const { good, defective } =
    unit === 'image' ? { good: largest(read), defective: undefined } : split(read, truth, every);
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

function readMasks(masks: readonly MapLike[] | undefined, maps: readonly FlatMap[]): FlatMap[] | undefined {
  if (masks === undefined) return undefined;
  const read = readMaps('perPixel', 'masks', masks);
  if (read.length !== maps.length) {
    throw new RangeError(`perPixel: masks must have ${maps.length} masks (one per map), got ${read.length}.`);
  }
  read.forEach((mask, i) => assertSameSize('perPixel', `masks[${i}]`, maps[i]!, mask));
  return read;
}

function largest(maps: readonly FlatMap[]): Scores {
  return maps.map(({ values }) => {
    let most = -Infinity;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) return value; // refused by the rule with the index of its map
      if (value > most) most = value;
    }
    return most;
  });
}

function split(
  maps: readonly FlatMap[],
  masks: readonly FlatMap[] | undefined,
  every: number,
): { good: Float64Array; defective?: Float64Array } {
  const room = maps.reduce((sum, { values }) => sum + Math.ceil(values.length / every), 0);
  const good = new Float64Array(room);
  const defective = new Float64Array(masks === undefined ? 0 : room);
  let goods = 0;
  let defects = 0;
  maps.forEach(({ values }, i) => {
    const truth = masks?.[i]?.values;
    for (let at = 0; at < values.length; at += every) {
      if (truth === undefined || truth[at] === 0) good[goods++] = values[at]!;
      else defective[defects++] = values[at]!;
    }
  });
  if (masks === undefined) return { good };
  return { good: good.subarray(0, goods), defective: defective.subarray(0, defects) };
}
