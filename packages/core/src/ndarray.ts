import { argumentMessage, assertInteger } from './check.js';

/** The arrays that an {@link NdArray} can look into. */
export type NdData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array;

/**
 * A strided view of an array, with the fields and methods of the `ndarray` package, so that views made there can be
 * passed here and views made here work with `ndarray-ops` and its kin. Unlike `ndarray` it generates no code, so it
 * runs where `eval` is forbidden (edge workers, strict content security policies).
 */
export interface NdArray<T extends NdData | readonly number[] = NdData> {
  /** The array looked into; shared, never copied. */
  readonly data: T;
  /** Size of each axis. */
  readonly shape: readonly number[];
  /** Step of each axis in `data`, in values. */
  readonly stride: readonly number[];
  /** Index in `data` of the view's first value. */
  readonly offset: number;
  /** Value at an index. */
  get(...index: number[]): number;
}

/** A two-dimensional view of float32: the form of every anomaly map, shape `[height, width]`, higher = more anomalous. */
export type AnomalyMap = View<Float32Array>;

/**
 * Makes a view of an array.
 *
 * @param data - the array; shared, not copied
 * @param shape - size of each axis; the default is one axis of the array's length
 * @param stride - step of each axis; the default is row-major
 * @param offset - index of the first value
 * @returns the view; writing through it writes into `data`
 * @throws TypeError or RangeError if a size, step or the offset is not an integer, or the view would reach outside `data`
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * const map = ndarray(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
 * console.log(map.get(1, 0), map.transpose(1, 0).shape); // 4 [3, 2]
 * ```
 */
export function ndarray<T extends NdData>(
  data: T,
  shape: readonly number[] = [data.length],
  stride: readonly number[] = rowMajor(shape),
  offset = 0,
): View<T> {
  shape.forEach((n, axis) => assertInteger('ndarray', `shape[${axis}]`, n, 0));
  if (stride.length !== shape.length) {
    throw new RangeError(argumentMessage('ndarray', 'stride', `of ${shape.length} values`, stride));
  }
  stride.forEach((n, axis) => assertInteger('ndarray', `stride[${axis}]`, n));
  assertInteger('ndarray', 'offset', offset);
  if (!shape.includes(0)) {
    let low = offset;
    let high = offset;
    shape.forEach((n, axis) => {
      const reach = (n - 1) * stride[axis]!;
      if (reach < 0) low += reach;
      else high += reach;
    });
    if (low < 0 || high >= data.length) {
      throw new RangeError(
        `ndarray: data must have ${high + 1} values (${shape.join('×')}), got ${data.length}. Check shape, stride and offset.`,
      );
    }
  }
  return new View(data, shape, stride, offset);
}

function rowMajor(shape: readonly number[]): number[] {
  const stride = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    stride[axis] = step;
    step *= shape[axis]!;
  }
  return stride;
}

function within(method: string, axis: number, value: number, max: number, min = 0): number {
  assertInteger(`View.${method}`, `argument ${axis + 1}`, value, min, max);
  return value;
}

/** The class behind {@link ndarray}; make one with that function. */
export class View<T extends NdData = NdData> implements NdArray<T> {
  /** The array looked into. */
  readonly data: T;
  /** Size of each axis. */
  readonly shape: readonly number[];
  /** Step of each axis, in values. */
  readonly stride: readonly number[];
  /** Index of the first value. */
  readonly offset: number;

  /** Use {@link ndarray}, which checks its arguments. */
  constructor(data: T, shape: readonly number[], stride: readonly number[], offset: number) {
    this.data = data;
    this.shape = shape;
    this.stride = stride;
    this.offset = offset;
  }

  /** Number of values. */
  get size(): number {
    return this.shape.reduce((a, b) => a * b, 1);
  }

  /** Number of axes. */
  get dimension(): number {
    return this.shape.length;
  }

  /** Name of the value type as in the `ndarray` package, for example `float32`. */
  get dtype(): string {
    const name = this.data[Symbol.toStringTag];
    return name === 'Uint8ClampedArray' ? 'uint8_clamped' : name.replace('Array', '').toLowerCase();
  }

  /** Axes from the fastest to the slowest, as in the `ndarray` package. */
  get order(): number[] {
    return [...this.stride.keys()].sort((a, b) => Math.abs(this.stride[a]!) - Math.abs(this.stride[b]!));
  }

  /** Index in `data` of a value. */
  index(...index: number[]): number {
    let at = this.offset;
    for (let axis = 0; axis < index.length; axis++) at += index[axis]! * this.stride[axis]!;
    return at;
  }

  /** Value at an index; not bounds-checked. */
  get(...index: number[]): number {
    return this.data[this.index(...index)]!;
  }

  /** Writes a value; the last argument is the value. Returns it. */
  set(...indexAndValue: number[]): number {
    const value = indexAndValue.at(-1)!;
    this.data[this.index(...indexAndValue.slice(0, -1))] = value;
    return value;
  }

  /**
   * The view without its first rows, columns, ...: `lo(1, 2)` drops one row and two columns, `lo(null, 2)` only
   * columns. Throws RangeError where there are not so many.
   */
  lo(...start: (number | null)[]): View<T> {
    const from = this.shape.map((n, axis) => within('lo', axis, start[axis] ?? 0, n));
    const shape = this.shape.map((n, axis) => n - from[axis]!);
    return ndarray(this.data, shape, this.stride, this.index(...from));
  }

  /** The view cut to a size: `hi(2, 3)` keeps two rows and three columns. Throws RangeError where there are fewer. */
  hi(...end: (number | null)[]): View<T> {
    const shape = this.shape.map((n, axis) => within('hi', axis, end[axis] ?? n, n));
    return ndarray(this.data, shape, this.stride, this.offset);
  }

  /** The view with the axes in another order; axes left out stay where they are. Throws RangeError if one comes twice. */
  transpose(...axes: number[]): View<T> {
    const order = this.shape.map((_, axis) => axes[axis] ?? axis);
    if (axes.length > order.length || order.some((_, axis) => !order.includes(axis))) {
      throw new RangeError(argumentMessage('View.transpose', 'axes', `an order of ${order.length} axes`, axes));
    }
    return ndarray(
      this.data,
      order.map((axis) => this.shape[axis]!),
      order.map((axis) => this.stride[axis]!),
      this.offset,
    );
  }

  /**
   * Fixes some axes; `null` or a negative number keeps an axis: `pick(null, 2)` is column 2. Throws RangeError where
   * there is no such row or column.
   */
  pick(...index: (number | null)[]): View<T> {
    const kept = [...this.shape.keys()].filter((axis) => (index[axis] ?? -1) < 0);
    this.shape.forEach((n, axis) => within('pick', axis, Math.max(index[axis] ?? -1, -1), n - 1, -1));
    return ndarray(
      this.data,
      kept.map((axis) => this.shape[axis]!),
      kept.map((axis) => this.stride[axis]!),
      this.index(...this.shape.map((_, axis) => Math.max(index[axis] ?? 0, 0))),
    );
  }

  /** The view with every n-th value of each axis; a negative step begins at the axis's end. */
  step(...steps: number[]): View<T> {
    let offset = this.offset;
    const shape = this.shape.map((n, axis) => Math.ceil(n / Math.abs(steps[axis] ?? 1)));
    const stride = this.stride.map((s, axis) => {
      const step = steps[axis] ?? 1;
      if (step < 0) offset += s * (this.shape[axis]! - 1);
      return s * step;
    });
    return ndarray(this.data, shape, stride, offset);
  }
}

/**
 * The values of a view in row-major order.
 *
 * @param view - any strided view, from here or from the `ndarray` package
 * @returns `view.data` itself where it is already row-major and whole (not a copy), else a new array of the same kind
 * @example
 * ```ts
 * import { ndarray, toRowMajor } from '@adlib/core';
 * const view = ndarray(new Float32Array([1, 2, 3, 4]), [2, 2]).transpose(1, 0);
 * console.log(toRowMajor(view)); // Float32Array [1, 3, 2, 4]
 * ```
 */
export function toRowMajor<T extends NdData | readonly number[]>(view: NdArray<T>): T {
  const { data, shape, stride, offset } = view;
  const size = shape.reduce((a, b) => a * b, 1);
  const wanted = rowMajor(shape);
  if (offset === 0 && data.length === size && wanted.every((s, axis) => shape[axis] === 1 || s === stride[axis])) {
    return data;
  }
  const out: NdData | number[] = isTyped(data) ? emptyLike(data, size) : new Array<number>(size);
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0, at = offset; i < size; i++) {
    out[i] = data[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += stride[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= stride[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return out as NdData | readonly number[] as T;
}

function isTyped(data: NdData | readonly number[]): data is NdData {
  return ArrayBuffer.isView(data);
}

/**
 * A new typed array of the same kind. Goes by the kind of elements, not by `constructor`: a Node `Buffer` gives a
 * `Uint8Array`.
 *
 * @param data - an array of the kind wanted
 * @param length - number of values
 * @returns zeros
 */
export function emptyLike<T extends NdData>(data: T, length: number): T {
  const kinds = globalThis as unknown as Record<string, new (length: number) => T>;
  return new kinds[data[Symbol.toStringTag]]!(length);
}
