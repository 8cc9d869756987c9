/**
 * Bytes that are not a sound safetensors file; `message` says what is wrong, and with which tensor.
 *
 * @example
 * ```ts
 * import { decodeSafetensors, SafetensorsError } from '@adlib/runtime';
 * try {
 *   decodeSafetensors(new Uint8Array(4));
 * } catch (error) {
 *   console.log(error instanceof SafetensorsError); // true
 * }
 * ```
 */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}
