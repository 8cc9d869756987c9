import { decodeOnnx, type SafeTensor } from '@adlib/runtime';
import { asFloat32 } from './float32.js';
import type { WeightSource } from './weightSource.js';

/** Types of numbers that can be weights, and their names in safetensors. */
const FLOATS: Readonly<Partial<Record<string, SafeTensor['dtype']>>> = {
  float16: 'F16',
  bfloat16: 'BF16',
  float32: 'F32',
  float64: 'F64',
};

/**
 * Whether bytes may be an ONNX model: a protocol buffer whose first field is the version, not a safetensors header.
 *
 * @param bytes - the beginning of a file, 9 bytes or more
 * @returns true or false
 */
export function isOnnx(bytes: Uint8Array): boolean {
  // Byte 8 of a safetensors file opens its JSON, and its header is shorter than 2^32 bytes.
  return bytes[0] === 0x08 && !(bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0));
}

/**
 * The constants of an ONNX model, as an exporter that keeps parameters' names writes them.
 *
 * @param label - what it is, for messages
 * @param bytes - the `.onnx` file
 * @returns the source; constants that are no floating-point numbers are left out
 * @throws OnnxFormatError for a damaged file
 */
export function onnxSource(label: string, bytes: Uint8Array): WeightSource {
  const { initializers } = decodeOnnx(bytes).graph;
  const tensors = new Map<string, SafeTensor>();
  for (const { name, dtype, data, dims } of initializers) {
    const float = FLOATS[dtype];
    if (float !== undefined) tensors.set(name, { dtype: float, shape: dims, data: data as SafeTensor['data'] });
  }
  return {
    label,
    names: [...tensors.keys()],
    read: (name) => Promise.resolve(asFloat32(tensors.get(name)!)),
    close: () => Promise.resolve(),
  };
}
