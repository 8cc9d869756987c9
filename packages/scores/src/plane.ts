import { argumentMessage, toRowMajor, type NdArray, type NdData } from '@adlib/core';

/** A two-dimensional array, row-major and whole. */
export interface Plane<T extends NdData = NdData> {
  /** `height * width` values. */
  readonly data: T;
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
}

/**
 * Checks that a value is a two-dimensional view with at least one value and makes it row-major.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param view - the map
 * @returns its values; not a copy where it is row-major already
 * @throws TypeError if it is no view of a typed array, RangeError if it is not two-dimensional or empty
 */
export function toPlane<T extends NdData>(fn: string, arg: string, view: NdArray<T>): Plane<T> {
  assertView(fn, arg, view);
  if (view.shape.length !== 2) {
    throw new RangeError(argumentMessage(fn, arg, 'of shape [height, width]', view.shape));
  }
  return { data: toRowMajor(view), height: view.shape[0]!, width: view.shape[1]! };
}

/**
 * Checks that a value is a view of a typed array with at least one value.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param view - the view
 * @throws TypeError if it is no view of a typed array, RangeError if it is empty
 */
export function assertView(fn: string, arg: string, view: NdArray): void {
  const parts = view as Partial<NdArray> | null | undefined;
  if (!ArrayBuffer.isView(parts?.data) || !Array.isArray(parts.shape) || !Array.isArray(parts.stride)) {
    throw new TypeError(
      argumentMessage(fn, arg, 'a view of a typed array', view, 'Make one with ndarray(data, [height, width]).'),
    );
  }
  if (view.shape.includes(0)) throw new RangeError(argumentMessage(fn, arg, 'of at least one value', view.shape));
}
