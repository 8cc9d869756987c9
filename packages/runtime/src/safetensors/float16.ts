import { argumentMessage, assertOneOf } from '@adlib/core';
import type { SafeTensor } from './tensor.js';

/**
 * The values of a tensor as 32-bit floats. `F16` and `BF16` are exact, subnormal numbers, infinities and NaN included;
 * `F64` and integers beyond 2^24 are rounded to the nearest float.
 *
 * @param tensor - of any dtype; not modified
 * @returns the values in the same order, a new array
 * @example
 * ```ts
 * import { toFloat32 } from '@adlib/runtime';
 * console.log(toFloat32({ dtype: 'F16', shape: [2], data: new Uint16Array([0x3c00, 0xc000]) })); // Float32Array(2) [ 1, -2 ]
 * ```
 */
export function toFloat32(tensor: SafeTensor): Float32Array {
  const { dtype, data } = tensor;
  if (dtype === 'F16') return bitsOf(data as Uint16Array, bitsOfHalf);
  if (dtype === 'BF16') return bitsOf(data as Uint16Array, (bits) => bits << 16);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float32Array.from(data, Number);
  return new Float32Array(data);
}

function bitsOf(halves: Uint16Array, convert: (bits: number) => number): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = convert(halves[i]!);
  return new Float32Array(bits.buffer);
}

/** The bits of the 32-bit float that equals a 16-bit one. */
function bitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: fraction * 2^-24. Shift its leading one to the place of the hidden bit.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | ((fraction << (shift + 13)) & 0x7fffff);
}

/**
 * 32-bit floats as the raw bits of a 16-bit type, rounded to the nearest, ties to even. What is too large becomes
 * infinite (`F16`: from 65520 on), what is too small a subnormal number or zero of the same sign; NaN stays NaN.
 *
 * @param data - the values; not modified
 * @param dtype - `F16` (IEEE 754 half) or `BF16` (the upper half of a 32-bit float)
 * @returns the bits, a new array: the `data` of a {@link SafeTensor}
 * @throws TypeError if `data` is no Float32Array, RangeError for another dtype
 * @example
 * ```ts
 * import { fromFloat32 } from '@adlib/runtime';
 * console.log(fromFloat32(new Float32Array([1, 65520]), 'F16')); // Uint16Array(2) [ 15360, 31744 ]
 * ```
 * @see IEEE 754-2008, section 4.3.1 (roundTiesToEven)
 */
export function fromFloat32(data: Float32Array, dtype: 'F16' | 'BF16'): Uint16Array {
  assertOneOf('fromFloat32', 'dtype', dtype, ['F16', 'BF16']);
  if (!(data instanceof Float32Array)) {
    throw new TypeError(argumentMessage('fromFloat32', 'data', 'a Float32Array', data));
  }
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  return Uint16Array.from(bits, dtype === 'F16' ? halfOfBits : brainHalfOfBits);
}

function halfOfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00 | ((size >>> 13) & 0x3ff);
  if (size >= 0x477ff000) return sign | 0x7c00; // 65520 and more round to infinity
  if (size >= 0x38800000) return sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13);
  const shift = 126 - (size >>> 23); // below 2^-14: units of 2^-24
  if (shift > 24) return sign;
  const fraction = (size & 0x7fffff) | 0x800000;
  const rest = fraction & ((1 << shift) - 1);
  const half = fraction >>> shift;
  const tie = 1 << (shift - 1);
  return sign | (half + (rest > tie || (rest === tie && half % 2 === 1) ? 1 : 0));
}

function brainHalfOfBits(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
