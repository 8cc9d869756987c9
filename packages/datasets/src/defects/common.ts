import { argumentMessage, assertFinite, type Image, type Mask } from '@adlib/core';

/** A picture with a defect that was put there, and exactly the pixels that belong to it. */
export interface DefectiveImage {
  /** The picture; new. */
  readonly image: Image;
  /** 1 where the defect is. */
  readonly mask: Mask;
}

/**
 * A new picture of the same kind as another, and rounded where that holds integers.
 *
 * @param like - gives size and kind
 * @param values - in the units of `like`
 * @param max - full brightness there
 * @returns the picture
 */
export function imageLike(like: Image, values: ArrayLike<number>, max: number): Image {
  const { width, height, channels } = like;
  const data = new (like.data.constructor as new (n: number) => Image['data'])(values.length);
  const round = data instanceof Float32Array ? 0 : 0.5;
  for (let i = 0; i < values.length; i++) data[i] = Math.min(Math.max(values[i]!, 0), max) + round;
  return { data, width, height, channels };
}

/**
 * Throws unless a range is `[low, high]` within bounds.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param range - the range
 * @param min - smallest allowed
 * @param max - largest allowed
 */
export function assertRange(fn: string, arg: string, range: readonly [number, number], min: number, max: number): void {
  assertFinite(fn, `${arg}[0]`, range[0], min, max);
  assertFinite(fn, `${arg}[1]`, range[1], min, max);
  if (range[0] > range[1]) throw new RangeError(argumentMessage(fn, arg, '[low, high] with low <= high', range));
}
