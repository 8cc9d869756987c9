/** Element type of an ONNX tensor. */
export type OnnxDtype = keyof typeof ONNX_DTYPES;

/** For each element type: its number in the file format, bytes per value, and the array that holds it. */
export const ONNX_DTYPES = {
  float32: { code: 1, bytes: 4, array: Float32Array },
  uint8: { code: 2, bytes: 1, array: Uint8Array },
  int8: { code: 3, bytes: 1, array: Int8Array },
  uint16: { code: 4, bytes: 2, array: Uint16Array },
  int16: { code: 5, bytes: 2, array: Int16Array },
  int32: { code: 6, bytes: 4, array: Int32Array },
  int64: { code: 7, bytes: 8, array: BigInt64Array },
  string: { code: 8, bytes: 0, array: Array },
  bool: { code: 9, bytes: 1, array: Uint8Array },
  float16: { code: 10, bytes: 2, array: Uint16Array },
  float64: { code: 11, bytes: 8, array: Float64Array },
  uint32: { code: 12, bytes: 4, array: Uint32Array },
  uint64: { code: 13, bytes: 8, array: BigUint64Array },
  bfloat16: { code: 16, bytes: 2, array: Uint16Array },
} as const;

const BY_CODE = new Map<number, OnnxDtype>(
  Object.entries(ONNX_DTYPES).map(([name, { code }]) => [code, name as OnnxDtype]),
);

/**
 * The element type with a given number in the file format.
 *
 * @param code - `TensorProto.DataType`
 * @returns its name; undefined for types this library does not know (complex, 8-bit float, ...)
 */
export function dtypeOfCode(code: number): OnnxDtype | undefined {
  return BY_CODE.get(code);
}

/**
 * Number of values of a shape.
 *
 * @param dims - size of each axis
 * @returns their product, 1 for a scalar; NaN if a size is negative or no integer, or the product is beyond 2^53
 */
export function countOf(dims: readonly number[]): number {
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0)) return NaN;
  if (dims.includes(0)) return 0;
  const count = dims.reduce((product, size) => product * size, 1);
  return Number.isSafeInteger(count) ? count : NaN;
}
