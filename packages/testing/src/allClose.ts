/** Tolerances of {@link allClose}: a value passes when `|actual - expected| <= atol + rtol * |expected|`. */
export interface AllCloseOptions {
  /** Relative tolerance. @defaultValue 1e-5 */
  rtol?: number;
  /** Absolute tolerance. @defaultValue 0 */
  atol?: number;
}

/** Anything with numbers in it: a number, nested arrays, a typed array, or a strided view. */
export type Numbers =
  | number
  | readonly Numbers[]
  | ArrayLike<number>
  | { readonly shape: readonly number[]; get(...index: number[]): number };

/** What {@link allClose} found. */
export interface AllCloseResult {
  /** Whether every value is within tolerance. */
  readonly pass: boolean;
  /** Says which value is worst, what it should be, and how many are off; or that all are close. */
  readonly message: string;
}

/**
 * Compares numbers with a tolerance, strictly: shapes must be the same, NaN equals only NaN, an infinity equals only
 * itself.
 *
 * @param actual - what was computed
 * @param expected - what it should be
 * @param options - tolerances
 * @returns whether they agree, and a sentence naming the worst index
 * @throws TypeError if either side holds something that is not a number, RangeError if nested arrays are ragged
 * @example
 * ```ts
 * import { allClose } from '@adlib/testing';
 * console.log(allClose([[1, 2.5]], [[1, 2]]).message);
 * ```
 * @see numpy.allclose, with `equal_nan=True` and strict shapes
 */
export function allClose(actual: Numbers, expected: Numbers, options: AllCloseOptions = {}): AllCloseResult {
  const { rtol = 1e-5, atol = 0 } = options;
  const a = flatten('actual', actual);
  const e = flatten('expected', expected);
  if (a.shape.join() !== e.shape.join()) {
    return { pass: false, message: `shapes differ: got ${shapeText(a.shape)}, expected ${shapeText(e.shape)}` };
  }
  let worst = -1;
  let worstExcess = 0;
  let bad = 0;
  for (let i = 0; i < a.values.length; i++) {
    const excess = excessOf(a.values[i]!, e.values[i]!, rtol, atol);
    if (!(excess > 1)) continue;
    bad++;
    if (worst < 0 || excess > worstExcess) {
      worst = i;
      worstExcess = excess;
    }
  }
  if (worst < 0) return { pass: true, message: `all ${a.values.length} values within rtol ${rtol}, atol ${atol}` };
  const got = a.values[worst]!;
  const wanted = e.values[worst]!;
  const message =
    `worst at ${shapeText(unravel(worst, a.shape))}: got ${got}, expected ${wanted}, difference ${Math.abs(got - wanted)}; ` +
    `${bad} of ${a.values.length} values outside rtol ${rtol}, atol ${atol}`;
  return { pass: false, message };
}

/** Error over tolerance: above 1 fails. */
function excessOf(actual: number, expected: number, rtol: number, atol: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) {
    return Number.isNaN(actual) && Number.isNaN(expected) ? 0 : Infinity;
  }
  const tolerance = atol + rtol * Math.abs(expected);
  return tolerance === 0 ? Infinity : Math.abs(actual - expected) / tolerance;
}

interface Flat {
  shape: readonly number[];
  values: ArrayLike<number>;
}

function flatten(name: string, value: Numbers): Flat {
  if (typeof value === 'number') return { shape: [], values: [value] };
  if (ArrayBuffer.isView(value)) {
    const values = value as unknown as ArrayLike<number>;
    return { shape: [values.length], values };
  }
  if (typeof value !== 'object' || value === null) throw notNumbers(name, value);
  if (Array.isArray(value)) return flattenNested(name, value as readonly Numbers[]);
  if ('shape' in value && 'get' in value) return flattenView(value);
  throw notNumbers(name, value);
}

function flattenNested(name: string, value: readonly Numbers[]): Flat {
  if (value.every((v) => typeof v === 'number')) return { shape: [value.length], values: value };
  const parts = value.map((part) => flatten(name, part));
  const inner = parts[0]!.shape;
  if (parts.some((part) => part.shape.join() !== inner.join())) {
    throw new RangeError(
      `allClose: ${name} must not be ragged, got rows of ${parts.map((p) => p.shape.join('×')).join(', ')}.`,
    );
  }
  return { shape: [value.length, ...inner], values: parts.flatMap((part) => Array.from(part.values)) };
}

function flattenView(view: { readonly shape: readonly number[]; get(...index: number[]): number }): Flat {
  const size = view.shape.reduce((n, axis) => n * axis, 1);
  return { shape: view.shape, values: Array.from({ length: size }, (_, i) => view.get(...unravel(i, view.shape))) };
}

function notNumbers(name: string, value: unknown): TypeError {
  return new TypeError(`allClose: ${name} must be numbers, got ${String(value)}.`);
}

function unravel(index: number, shape: readonly number[]): number[] {
  const out = new Array<number>(shape.length);
  let rest = index;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    out[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return out;
}

function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
