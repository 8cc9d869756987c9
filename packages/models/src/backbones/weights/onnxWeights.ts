import { decodeOnnx, type HostTensor } from '@adlib/runtime';
import type { WeightSource } from './weightSource.js';

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
 * @returns the source; integers among the constants are left out
 * @throws OnnxFormatError for a damaged file
 */
export function onnxSource(label: string, bytes: Uint8Array): WeightSource {
  const { initializers } = decodeOnnx(bytes).graph;
  const tensors = new Map<string, HostTensor>();
  for (const { name, data, dims } of initializers) {
    if (data instanceof Float32Array) tensors.set(name, { shape: dims, data });
  }
  return {
    label,
    names: [...tensors.keys()],
    read: (name) => Promise.resolve(tensors.get(name)!),
    close: () => Promise.resolve(),
  };
}
