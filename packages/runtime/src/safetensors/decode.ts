import { argumentMessage } from '@adlib/core';
import { headerLength, parseHeader } from './header.js';
import { SAFETENSORS_DTYPES } from './tensor.js';
import type { SafetensorsContent, SafetensorsDtype, SafeTensor, SafeTensorData } from './tensor.js';

/**
 * Reads a safetensors file. Nothing in it is trusted: a header of more than 100 MB or longer than the file, text that is
 * not UTF-8 or not the format's JSON, a name twice, an unknown dtype, sizes and offsets that disagree, tensors that
 * overlap, leave holes, lie outside the file or do not fill it, texts that are no strings, and the name `__proto__`.
 *
 * @param bytes - the file's content; not modified
 * @returns tensors and texts; `data` is a view of `bytes` where the alignment allows it, else a copy
 * @throws TypeError if `bytes` is no Uint8Array; {@link SafetensorsError} for any of the above
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from '@adlib/runtime';
 * const bytes = encodeSafetensors({ w: { dtype: 'F32', shape: [2], data: new Float32Array([1, 2]) } });
 * console.log(decodeSafetensors(bytes).tensors['w']?.shape); // [ 2 ]
 * ```
 * @see https://github.com/huggingface/safetensors#format
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsContent {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(argumentMessage('decodeSafetensors', 'bytes', 'a Uint8Array', bytes));
  }
  const start = 8 + headerLength(bytes, bytes.length);
  const { entries, metadata } = parseHeader(bytes.subarray(8, start), bytes.length - start);
  const tensors: Record<string, SafeTensor> = Object.create(null) as Record<string, SafeTensor>;
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors[name] = { dtype, shape, data: viewAs(dtype, bytes.subarray(start + begin, start + end)) };
  }
  return { tensors, metadata };
}

/**
 * Bytes as the typed array of a dtype.
 *
 * @param dtype - element type
 * @param bytes - a whole number of values
 * @returns a view where the bytes are aligned, else a copy
 */
export function viewAs(dtype: SafetensorsDtype, bytes: Uint8Array): SafeTensorData {
  const { array, bytes: size } = SAFETENSORS_DTYPES[dtype];
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new array(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.length / size);
}
