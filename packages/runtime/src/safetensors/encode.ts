import { argumentMessage, assertInteger, assertOneOf } from '@adlib/core';
import { byteLength, MAX_HEADER, METADATA_KEY } from './header.js';
import { SAFETENSORS_DTYPES } from './tensor.js';
import type { SafetensorsDtype, SafeTensor } from './tensor.js';

const ORDER = Object.keys(SAFETENSORS_DTYPES) as SafetensorsDtype[];

/**
 * Writes tensors as a safetensors file. The widest dtypes come first, then by name, as the format's own library does, so
 * that every tensor is aligned and the same tensors give the same bytes.
 *
 * @param tensors - by name; not modified
 * @param metadata - free texts to store with them
 * @returns the file's content, the caller's own
 * @throws TypeError if data is not the typed array of its dtype, or a text is no string; RangeError if data and shape
 *   disagree, a dtype is unknown, or a name is `__metadata__` or `__proto__`
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors, fromFloat32 } from '@adlib/runtime';
 * const half = fromFloat32(new Float32Array([0.5, 1]), 'F16');
 * const bytes = encodeSafetensors({ half: { dtype: 'F16', shape: [2], data: half } }, { unit: 'raw' });
 * console.log(decodeSafetensors(bytes).metadata['unit']); // raw
 * ```
 * @see https://github.com/huggingface/safetensors#format
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafeTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Object.entries(tensors).sort(byDtypeThenName);
  const parts: string[] = [];
  if (Object.keys(metadata).length > 0) parts.push(`"${METADATA_KEY}":${metadataJson(metadata)}`);
  let end = 0;
  for (const [name, tensor] of entries) {
    assertTensor(name, tensor);
    const { dtype, shape, data } = tensor;
    const field = { dtype, shape, data_offsets: [end, (end += data.byteLength)] };
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(field)}`);
  }
  const json = new TextEncoder().encode(`{${parts.join(',')}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER) {
    throw new RangeError(
      `encodeSafetensors: names, shapes and metadata must take at most ${MAX_HEADER} bytes, got ${length}.`,
    );
  }
  const bytes = new Uint8Array(8 + length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + length);
  let at = 8 + length;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

function byDtypeThenName([a, x]: [string, SafeTensor], [b, y]: [string, SafeTensor]): number {
  return ORDER.indexOf(y.dtype) - ORDER.indexOf(x.dtype) || (a < b ? -1 : 1);
}

function metadataJson(metadata: Readonly<Record<string, string>>): string {
  for (const [key, text] of Object.entries(metadata)) {
    assertName(key, []);
    if (typeof text !== 'string') {
      throw new TypeError(argumentMessage('encodeSafetensors', `metadata '${key}'`, 'a string', text));
    }
    assertText(text);
  }
  return JSON.stringify(metadata);
}

function assertName(name: string, reserved: readonly string[]): void {
  if (name === '__proto__' || reserved.includes(name)) {
    throw new RangeError(argumentMessage('encodeSafetensors', 'a name', 'none that the format keeps for itself', name));
  }
  assertText(name);
}

/** JSON would write half a surrogate pair as an escape that other readers refuse. */
function assertText(text: string): void {
  if (/\p{Surrogate}/u.test(text)) {
    throw new RangeError(argumentMessage('encodeSafetensors', 'a text', 'whole characters (no lone surrogate)', text));
  }
}

function assertTensor(name: string, { dtype, shape, data }: SafeTensor): void {
  assertName(name, [METADATA_KEY]);
  assertOneOf('encodeSafetensors', `dtype of '${name}'`, dtype, ORDER);
  if (!Array.isArray(shape)) {
    throw new TypeError(argumentMessage('encodeSafetensors', `shape of '${name}'`, 'an array of sizes', shape));
  }
  for (const size of shape) assertInteger('encodeSafetensors', `a size of '${name}'`, size, 0);
  const { array, bytes } = SAFETENSORS_DTYPES[dtype];
  if (!(data instanceof array)) {
    const kind = `a ${array.name} (dtype ${dtype})`;
    throw new TypeError(argumentMessage('encodeSafetensors', `data of '${name}'`, kind, data));
  }
  if (byteLength(dtype, shape) !== data.byteLength) {
    throw new RangeError(
      `encodeSafetensors: data of '${name}' must have ${byteLength(dtype, shape) / bytes} values ([${shape.join(', ')}]), got ${data.length}.`,
    );
  }
}
