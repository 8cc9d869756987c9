import type { Sample } from '@adlib/datasets';

/**
 * SHA-256 of a text, lower-case hex.
 *
 * @param text - any text, hashed as UTF-8
 * @returns 64 hex digits
 */
export async function sha256Text(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Content hashes of samples, read one after the other.
 *
 * @param samples - the samples
 * @param signal - cancels
 * @returns one hash per sample, in order
 */
export async function hashesOf(samples: readonly Sample[], signal?: AbortSignal): Promise<string[]> {
  const hashes: string[] = [];
  for (const sample of samples) {
    signal?.throwIfAborted();
    hashes.push(await sample.hash());
  }
  return hashes;
}

/**
 * One hash for a set of pictures: SHA-256 over their sorted content hashes, one a line. It does not depend on names or
 * order.
 *
 * @param hashes - content hashes of the pictures
 * @returns 64 hex digits
 */
export function setHash(hashes: readonly string[]): Promise<string> {
  return sha256Text([...hashes].sort().join('\n'));
}
