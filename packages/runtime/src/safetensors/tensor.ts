/** Element type of a tensor in a safetensors file, as the format spells it. */
export type SafetensorsDtype = keyof typeof SAFETENSORS_DTYPES;

/** For each element type: bytes per value, and the array that holds it. Ordered as the format's own library orders them. */
export const SAFETENSORS_DTYPES = {
  BOOL: { bytes: 1, array: Uint8Array },
  U8: { bytes: 1, array: Uint8Array },
  I8: { bytes: 1, array: Int8Array },
  I16: { bytes: 2, array: Int16Array },
  U16: { bytes: 2, array: Uint16Array },
  F16: { bytes: 2, array: Uint16Array },
  BF16: { bytes: 2, array: Uint16Array },
  I32: { bytes: 4, array: Int32Array },
  U32: { bytes: 4, array: Uint32Array },
  F32: { bytes: 4, array: Float32Array },
  F64: { bytes: 8, array: Float64Array },
  I64: { bytes: 8, array: BigInt64Array },
  U64: { bytes: 8, array: BigUint64Array },
} as const;

/** Values of a {@link SafeTensor}. */
export type SafeTensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor of a safetensors file. */
export interface SafeTensor {
  /** Element type. */
  readonly dtype: SafetensorsDtype;
  /** Size of each axis; empty for a scalar. */
  readonly shape: readonly number[];
  /** Row-major values: the typed array of the dtype. `BOOL` is a Uint8Array of 0 and 1, `F16` and `BF16` a Uint16Array of the raw bits. */
  readonly data: SafeTensorData;
}

/** What a safetensors file holds. */
export interface SafetensorsContent {
  /** Tensors by name, in the order of the file; an object without a prototype. */
  readonly tensors: Readonly<Record<string, SafeTensor>>;
  /** The free texts of `__metadata__`; empty where there are none. An object without a prototype. */
  readonly metadata: Readonly<Record<string, string>>;
}
