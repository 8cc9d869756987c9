import { argumentMessage, toRowMajor } from '@adlib/core';
import type { MapLike } from '@adlib/metrics';

/** A map with its values in row-major order. */
export interface FlatMap {
  /** `height * width` values, not checked. */
  readonly values: ArrayLike<number>;
  /** Rows, in pixels. */
  readonly height: number;
  /** Columns, in pixels. */
  readonly width: number;
}

/**
 * Reads maps in either form, without copying where they are row-major already.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param maps - what was passed
 * @returns one entry per map
 * @throws TypeError or RangeError if it is no list of two-dimensional maps
 */
export function readMaps(fn: string, arg: string, maps: readonly MapLike[]): FlatMap[] {
  if (!Array.isArray(maps)) throw new TypeError(argumentMessage(fn, arg, 'an array of maps', maps));
  if (maps.length === 0) throw new RangeError(argumentMessage(fn, arg, 'at least one map', maps));
  return maps.map((map: MapLike, i) => readMap(fn, `${arg}[${i}]`, map));
}

/**
 * Reads one map.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param map - what was passed
 * @returns its values and size
 * @throws TypeError or RangeError if it is no two-dimensional map
 */
export function readMap(fn: string, arg: string, map: MapLike): FlatMap {
  if (typeof map === 'object' && map !== null) {
    if ('shape' in map && map.shape.length === 2) {
      return { values: toRowMajor(map), height: map.shape[0]!, width: map.shape[1]! };
    }
    if ('height' in map && 'width' in map && typeof map.data?.length === 'number') {
      if (map.data.length === map.height * map.width) return { values: map.data, height: map.height, width: map.width };
      const expected = `${map.height * map.width} values (${map.height}×${map.width})`;
      throw new RangeError(`${fn}: ${arg}.data must have ${expected}, got ${map.data.length}.`);
    }
  }
  throw new TypeError(argumentMessage(fn, arg, 'an ndarray of shape [height, width] or { data, width, height }', map));
}

/**
 * Throws unless two maps have the same size.
 *
 * @param fn - caller, for the message
 * @param arg - name of the second map, for the message
 * @param expected - the first map
 * @param got - the second map
 */
export function assertSameSize(
  fn: string,
  arg: string,
  expected: Pick<FlatMap, 'height' | 'width'>,
  got: FlatMap,
): void {
  if (expected.height !== got.height || expected.width !== got.width) {
    const shape = `of shape [${expected.height}, ${expected.width}]`;
    throw new RangeError(argumentMessage(fn, arg, shape, [got.height, got.width]));
  }
}
